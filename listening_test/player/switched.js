/* A trial whose signals run in step, and are switched between at will: ab, abx. */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const NAMES = ["A", "B", "X"];

  class Switched extends Mushra.Judgement {
    player() {
      const { context, node } = this.app.output;
      const ids = this.trial.stimuli;
      this.engine = new Mushra.Engine(context, this.signals, node);
      this.waveform = new Mushra.Waveform(this.engine, this.signals[ids[0]], () => this.showLoop());
      this.main = button("", () => this.toggle(), { class: "primary play-main" });
      this.loopText = element("span", { class: "quiet" });
      this.buttons = ids.map((id, place) => this.button(id, NAMES[place]));
      this.showLoop();
      return element("section", { class: "card", "aria-label": word("tests.samples") },
        this.waveform.element,
        element("div", { class: "transport" }, this.main, this.loopText,
          button(word("trial.loop.whole"), () => this.waveform.set(0, this.engine.length), { class: "link" })),
        element("div", { class: "samples" }, this.buttons));
    }

    button(id, name) {
      const made = button(element("span", { class: "face" }, name), () => this.press(id), {
        class: "play",
        "aria-label": word("tests.sample", { key: name }),
        "aria-pressed": "false",
        "data-stimulus": id,
      });
      if (this.store.session.shortcuts !== false) made.setAttribute("aria-keyshortcuts", name);
      return made;
    }

    press(id) {
      if (this.engine.current === id) this.pause();
      else this.play(id);
    }

    async play(id) {
      this.count();
      if (!(await this.app.awake()) || this.closed || this.engine.current === id) return;
      this.engine.play(id);
      this.lastPlayed = id;
      this.progress.plays[id] = (this.progress.plays[id] || 0) + 1;
      this.store.save();
      this.show();
      this.state.textContent = word("trial.playing", { name: this.nameOf(id) });
    }

    pause() {
      this.count();
      this.engine.pause();
      this.store.save();
      this.show();
      this.state.textContent = word("trial.paused");
    }

    toggle() {
      return this.engine.playing ? this.pause() : this.play(this.lastPlayed || this.trial.stimuli[0]);
    }

    nameOf(id) {
      return word("tests.sample", { key: NAMES[this.trial.stimuli.indexOf(id)] });
    }

    heard() {
      return this.trial.stimuli.every((id) => this.progress.plays[id]);
    }

    unheard() {
      const left = NAMES.filter((_, place) => {
        const id = this.trial.stimuli[place];
        return id && !this.progress.plays[id];
      });
      return word("tests.missing.samples", { keys: left.join(", ") });
    }

    count() {
      const seconds = super.count();
      const id = this.engine.current;
      if (id !== null) this.progress.seconds[id] = (this.progress.seconds[id] || 0) + seconds;
      return seconds;
    }

    follow() {
      this.waveform.tick();
    }

    /* The sound was stopped from outside. Was anything playing? */
    silence() {
      const { playing } = this.engine;
      if (playing) this.pause();
      return playing;
    }

    quiet() {
      this.waveform.close();
      this.engine.pause();
    }

    /* Of abx, a test that stops early knows what X is: the same samples as A, or as B. */
    conclude() {
      const [a, , x] = this.trial.stimuli;
      if (this.trial.pair === undefined) return;
      const isA = this.signals[a].every((value, i) => value === this.signals[x][i]);
      this.progress.right = this.progress.answer === (isA ? "a" : "b");
    }

    show() {
      const { current } = this.engine;
      this.main.textContent = word(current === null ? "trial.play" : "trial.pause");
      this.buttons.forEach((made, place) => {
        const id = this.trial.stimuli[place];
        made.classList.toggle("current", id === current);
        made.classList.toggle("heard", Boolean(this.progress.plays[id]));
        made.setAttribute("aria-pressed", String(id === current));
      });
      super.show();
    }

    showLoop() {
      const { from, to } = this.engine;
      const values = { from: this.waveform.seconds(from), to: this.waveform.seconds(to) };
      this.loopText.textContent = word("trial.loop", values);
    }

    playKey(key) {
      const place = NAMES.indexOf(key);
      if (place >= 0 && place < this.trial.stimuli.length) this.play(this.trial.stimuli[place]);
      else if (key === " ") this.toggle();
      else if (key === ",") this.waveform.move("start", this.engine.position());
      else if (key === ".") this.waveform.move("end", this.engine.position());
      else if (key === "L") this.waveform.set(0, this.engine.length);
      else return false;
      return true;
    }
  }

  Mushra.Switched = Switched;
})((window.Mushra = window.Mushra || {}));
