/* Single keys, on every keyboard. */
(function (Mushra) {
  "use strict";

  const VERSIONS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C"];
  const KNOWN = [...VERSIONS, "0", "R", "L", " ", ",", "."];
  const PLACES = { Comma: ",", Period: "." };

  /* The key that is meant, letters in capitals: what the layout types, or, where that is none of
   * ours, what is printed there on an English keyboard. Digits need Shift on a French one; a Greek,
   * Cyrillic or Arabic one has no Latin letters. A Latin letter stays what it is. */
  function keyOf({ key = "", code = "" }) {
    const typed = key.toUpperCase();
    const digit = /^Digit(\d)$/.exec(code);
    const letter = /^Key([A-Z])$/.exec(code);
    if (KNOWN.includes(typed)) return typed;
    if (digit) return digit[1];
    if (/^[\x20-\x7e]$/.test(key) || key.startsWith("Arrow")) return key;
    return letter ? letter[1] : PLACES[code] || key;
  }

  Mushra.VERSIONS = VERSIONS;
  Mushra.keyOf = keyOf;
})((window.Mushra = window.Mushra || {}));
