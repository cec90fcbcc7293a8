/* A trial whose signals are heard in a row, to the end: acr, dcr, ccr, drt, mrt. */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;

  class Once extends Mushra.Judgement {
    player() {
      const { context, node } = this.app.output;
      this.sequence = new Mushra.Sequence(context, this.signals, this.trial.stimuli, node,
        (id, seconds, whole) => this.ended(id, seconds, whole));
      this.main = button("", () => this.play(), { class: "primary play-main" });
      this.parts = this.kind.parts.map((name) => element("li", {}, word("tests.part." + name)));
      return element("section", { class: "card once", "aria-label": word("tests.samples") },
        this.main,
        element("ol", { class: "parts" }, this.parts),
        this.kind.once ? element("p", { class: "quiet" }, word("tests.once")) : null);
    }

    /* Has everything been heard to its end? */
    heard() {
      return this.trial.stimuli.every((id) => this.progress.ends[id]);
    }

    unheard() {
      return word("tests.missing.listen");
    }

    async play() {
      if (this.sequence.playing || (this.kind.once && this.heard())) return;
      if (!(await this.app.awake()) || this.closed || this.sequence.playing) return;
      for (const id of this.trial.stimuli) this.progress.plays[id] = (this.progress.plays[id] || 0) + 1;
      this.sequence.play();
      this.store.save();
      this.show();
      this.state.textContent = word("tests.playing");
    }

    ended(id, seconds, whole) {
      const { progress } = this;
      progress.seconds[id] = (progress.seconds[id] || 0) + seconds;
      if (whole) progress.ends[id] = (progress.ends[id] || 0) + 1;
      this.store.save();
      if (this.closed) return;
      this.show();
      if (!this.sequence.playing) this.state.textContent = whole ? word(this.kind.words + ".question") : "";
    }

    /* The sound was stopped from outside. Was anything playing? */
    silence() {
      const { playing } = this.sequence;
      this.sequence.stop();
      this.show();
      return playing;
    }

    quiet() {
      this.sequence.stop();
    }

    follow() {
      const { current } = this.sequence;
      this.parts.forEach((part, place) => part.classList.toggle("playing", this.trial.stimuli[place] === current));
    }

    show() {
      const { playing } = this.sequence;
      const spent = Boolean(this.kind.once) && this.heard();
      const name = playing ? "playing" : spent ? "played" : this.heard() ? "again" : "play";
      this.main.textContent = word("tests." + name);
      this.main.setAttribute("aria-disabled", String(playing || spent));
      super.show();
    }

    playKey(key) {
      if (key === " ") this.play();
      return key === " ";
    }
  }

  Mushra.Once = Once;
})((window.Mushra = window.Mushra || {}));
