/* One trial of a test beside MUSHRA: hear what is to be heard, give one answer, go on.
 *
 * What all of them share: the answers, their keys, the time on the page, the comment. How the
 * signals are heard, two kinds of pages say: `once.js` and `switched.js`.
 */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const SAVE_SECONDS = 1;

  class Judgement {
    constructor(app, trial, signals) {
      this.app = app;
      this.store = app.store;
      this.trial = trial;
      this.kind = Mushra.kinds[this.store.test.kind];
      this.signals = signals;
      this.progress = app.store.progress(trial);
      this.last = performance.now();
      this.unsaved = 0;
      this.build();
      this.onKey = (event) => this.key(event);
      document.addEventListener("keydown", this.onKey);
      this.frame = requestAnimationFrame(() => this.tick());
    }

    build() {
      const { trial, kind } = this;
      this.state = element("p", { class: "visually-hidden", role: "status" });
      this.missing = element("p", { class: "missing", role: "status" });
      this.radios = [];
      const comment = element("textarea", {
        rows: "2",
        maxlength: "1000",
        input: (event) => {
          this.progress.comment = event.target.value;
          this.store.save();
        },
      });
      comment.value = this.progress.comment;
      const last = this.app.isLast(trial);
      this.body = element("div", { class: "trial judgement" },
        trial.training ? element("p", { class: "quiet" }, word("tests.training.text")) : null,
        Mushra.paragraphs((trial.training && this.store.configuration.task) || word(kind.words + ".text")),
        kind.tones ? element("p", { class: "quiet" }, word("tests.tones")) : null,
        this.player(),
        this.answers(),
        this.state,
        element("details", this.progress.comment ? { open: true } : {},
          element("summary", {}, word("trial.comment")),
          element("label", {}, element("span", { class: "visually-hidden" }, word("trial.comment")), comment)),
        element("div", { class: "actions" }, this.missing,
          button(word(last ? "trial.last" : "trial.next"), () => this.next(), { class: "primary next" }))
      );
      this.show();
    }

    answers() {
      const options = this.kind.answers(this.store.test, this.trial);
      const rows = options.map(({ value, label, key }) => {
        const radio = element("input", {
          type: "radio",
          name: "answer",
          value: String(value),
          change: () => this.answer(value),
        });
        radio.checked = this.progress.answer === value;
        if (this.store.session.shortcuts !== false) radio.setAttribute("aria-keyshortcuts", key);
        this.radios.push({ radio, value, key });
        return element("label", { class: "answer" }, radio, element("kbd", { "aria-hidden": "true" }, key), label);
      });
      return element("fieldset", { class: "card answers" },
        element("legend", {}, word(this.kind.words + ".question")), rows);
    }

    answer(value) {
      if (!this.heard()) return;
      this.progress.answer = value;
      this.store.save();
      this.show();
    }

    /* Seconds on the page since the last look. */
    count() {
      const now = performance.now();
      const seconds = (now - this.last) / 1000;
      this.last = now;
      this.progress.duration += seconds;
      return seconds;
    }

    tick() {
      const seconds = this.count();
      this.unsaved += seconds;
      this.follow(seconds);
      if (this.unsaved >= SAVE_SECONDS) {
        this.unsaved = 0;
        this.store.save();
        if (Mushra.panel.isOver(this.store)) this.app.render();
      }
      if (!this.closed) this.frame = requestAnimationFrame(() => this.tick());
    }

    show() {
      const heard = this.heard();
      for (const { radio, value } of this.radios) {
        radio.disabled = !heard;
        radio.checked = this.progress.answer === value;
        radio.parentElement.classList.toggle("chosen", radio.checked);
      }
      if (!this.lack()) this.missing.textContent = "";
    }

    /* What keeps the listener from going on, as words; "" if nothing. */
    lack() {
      if (!this.heard()) return this.unheard();
      return this.progress.answer === null ? word("tests.missing.answer") : "";
    }

    next() {
      const lack = this.lack();
      if (lack) {
        this.missing.textContent = lack;
        const first = this.heard() ? this.radios[0].radio : this.main;
        first.focus();
        return;
      }
      this.count();
      this.conclude();
      this.app.completed(this.trial);
    }

    /* Before a trial becomes a record. */
    conclude() {}

    /* Single keys; not while something is typed, and only if the listener wants them. */
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (this.store.session.shortcuts === false) return;
      const { tagName, type } = event.target;
      if (["TEXTAREA", "SELECT", "SUMMARY"].includes(tagName)) return;
      if ([" ", "Enter"].includes(event.key) && tagName === "BUTTON") return; // presses the button
      if (type === "range" || (type === "radio" && event.key.startsWith("Arrow"))) return;
      if (this.shortcut(Mushra.keyOf(event).toUpperCase())) event.preventDefault();
    }

    shortcut(key) {
      const chosen = this.radios.find((one) => one.key === key);
      if (chosen) {
        if (!this.heard()) this.missing.textContent = this.unheard();
        else {
          this.answer(chosen.value);
          chosen.radio.focus();
        }
      } else if (key === "ENTER") this.next();
      else return this.playKey(key);
      return true;
    }

    leave() {
      this.closed = true;
      this.count();
      cancelAnimationFrame(this.frame);
      document.removeEventListener("keydown", this.onKey);
      this.quiet();
    }
  }

  Mushra.Judgement = Judgement;
})((window.Mushra = window.Mushra || {}));
