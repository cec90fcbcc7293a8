"""Where the work of a run is done: processes of this machine, or of others."""
