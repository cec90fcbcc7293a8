/* Elements and words. */
(function (Mushra) {
  "use strict";

  /* An element; attributes that are functions are event listeners, `class`, `disabled` and the like as in HTML. */
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null) made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  }

  function button(label, onClick, attributes) {
    return element("button", { type: "button", click: onClick, ...attributes }, label);
  }

  function languages() {
    return Object.keys(Mushra.strings);
  }

  /* The browser's language where we speak it, else the first. */
  function preferred() {
    const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
    return wanted.find((tag) => languages().includes(tag)) || languages()[0];
  }

  /* A string of the current language with its {placeholders} filled. */
  function word(key, values) {
    const text = Mushra.strings[Mushra.language][key];
    if (text === undefined) throw new Error("no string " + key);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  Object.assign(Mushra, { element, button, languages, preferred, word });
})((window.Mushra = window.Mushra || {}));
