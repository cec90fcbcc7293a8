/* Opened from disk or from a static host there is no server: the listener downloads the results.
   `nscbench mushra serve` answers with its own version of this file. */
window.Mushra = window.Mushra || {};
window.Mushra.server = null;
