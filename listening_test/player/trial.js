/* One trial: hear every version, rate what plays, go on when all is heard and rated. */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const SAVE_SECONDS = 1;

  class Trial {
    constructor(app, trial, engine) {
      this.app = app;
      this.store = app.store;
      this.trial = trial;
      this.engine = engine;
      this.progress = app.store.progress(trial);
      this.order = app.store.order(trial);
      this.last = performance.now();
      this.unsaved = 0;
      this.onKey = (event) => this.key(event);
      this.build();
      document.addEventListener("keydown", this.onKey);
      this.frame = requestAnimationFrame(() => this.tick());
    }

    build() {
      const { engine, trial } = this;
      this.waveform = new Mushra.Waveform(engine, engine.signals[trial.reference], () => this.showLoop());
      this.main = button("", () => this.toggle(), { class: "primary play-main" });
      this.loopText = element("span", { class: "quiet" });
      this.state = element("p", { class: "visually-hidden", role: "status" });
      this.columns = {};
      this.columns[trial.reference] = this.referenceColumn();
      this.order.forEach((id, place) => (this.columns[id] = this.column(id, Mushra.VERSIONS[place])));
      this.missing = element("p", { class: "missing", role: "status" });
      const comment = element("textarea", {
        rows: "2",
        maxlength: "1000",
        input: (event) => {
          this.progress.comment = event.target.value;
          this.store.save();
        },
      });
      comment.value = this.progress.comment;
      this.body = element("div", { class: "trial" },
        trial.training ? this.task() : element("p", {}, word("trial.text")),
        element("section", { class: "card", "aria-label": word("trial.reference") },
          this.waveform.element,
          element("div", { class: "transport" }, this.main, this.loopText,
            button(word("trial.loop.whole"), () => this.waveform.set(0, engine.length), { class: "link" }))),
        element("section", { class: "card ratings", "aria-label": word("trial.versions") },
          [this.columns[trial.reference], ...this.order.map((id) => this.columns[id])].map((c) => c.element)),
        this.state,
        element("details", this.progress.comment ? { open: true } : {},
          element("summary", {}, word("trial.comment")),
          element("label", {}, element("span", { class: "visually-hidden" }, word("trial.comment")), comment)),
        element("div", { class: "actions" }, this.missing,
          button(word(this.app.isLast(trial) ? "trial.last" : "trial.next"), () => this.next(), { class: "primary next" }))
      );
      this.showLoop();
      this.show();
    }

    /* What is to be done, on the training page. */
    task() {
      const { task, seconds } = this.store.configuration;
      return element("div", { class: "task" },
        element("h2", {}, word("trial.task")),
        Mushra.paragraphs(task || word("trial.task.text")),
        seconds ? element("p", {}, word("trial.task.seconds", { seconds })) : null,
        element("p", {}, word("trial.training.text")));
    }

    referenceColumn() {
      const name = word("trial.reference");
      const label = word("trial.ref");
      const play = this.playButton(this.trial.reference, label, "0", `${label}: ${name}`);
      return { play, name, element: element("div", { class: "reference" }, play, scale()) };
    }

    column(id, key) {
      const name = word("trial.version", { key });
      const play = this.playButton(id, key, key, name);
      const slider = element("input", {
        type: "range", min: "0", max: "100", step: "1",
        "aria-label": word("trial.rating", { key }),
        "data-stimulus": id,
        input: () => this.rate(id),
        pointerup: () => this.rate(id), // a click on the resting place moves nothing, and is a rating
      });
      const score = this.progress.scores[id];
      slider.value = score === undefined ? 50 : score;
      const output = element("output", { "aria-hidden": "true" });
      const box = element("div", { class: "stimulus" }, play, element("div", { class: "slider" }, slider), output);
      return { play, slider, output, key, name, element: box };
    }

    playButton(id, label, key, name) {
      const made = button(element("span", { class: "face" }, label), () => this.press(id), {
        class: "play",
        "aria-label": name,
        "aria-pressed": "false",
        "data-stimulus": id,
      });
      if (this.store.session.shortcuts !== false) made.setAttribute("aria-keyshortcuts", key);
      return made;
    }

    async press(id) {
      if (this.engine.current === id) this.pause();
      else await this.play(id);
    }

    async play(id) {
      this.count();
      if (!(await this.app.awake()) || this.closed || this.engine.current === id) return;
      this.engine.play(id);
      this.lastPlayed = id;
      this.progress.plays[id] = (this.progress.plays[id] || 0) + 1;
      this.store.save();
      this.show();
      this.state.textContent = word("trial.playing", { name: this.columns[id].name });
    }

    pause() {
      const column = this.columns[this.engine.current];
      this.count();
      if (column && document.activeElement === column.slider) column.play.focus(); // it gets disabled
      this.engine.pause();
      this.store.save();
      this.show();
      this.state.textContent = word("trial.paused");
    }

    /* The sound was stopped from outside. Was anything playing? */
    silence() {
      const { playing } = this.engine;
      if (playing) this.pause();
      return playing;
    }

    toggle() {
      return this.engine.playing ? this.pause() : this.play(this.lastPlayed || this.trial.reference);
    }

    rate(id) {
      if (this.engine.current !== id) return;
      this.progress.scores[id] = Number(this.columns[id].slider.value);
      this.store.save();
      this.show();
    }

    /* Seconds on the page, and of what was heard. */
    count() {
      const now = performance.now();
      const seconds = (now - this.last) / 1000;
      this.last = now;
      this.progress.duration += seconds;
      const id = this.engine.current;
      if (id !== null) this.progress.seconds[id] = (this.progress.seconds[id] || 0) + seconds;
      return seconds;
    }

    tick() {
      this.unsaved += this.count();
      if (this.unsaved >= SAVE_SECONDS) {
        this.unsaved = 0;
        this.store.save();
        if (this.store.configuration.seconds) this.show(); // something may have been heard long enough
      }
      this.waveform.tick();
      if (!this.closed) this.frame = requestAnimationFrame(() => this.tick());
    }

    show() {
      const playing = this.engine.current;
      this.main.textContent = word(playing === null ? "trial.play" : "trial.pause");
      for (const [id, column] of Object.entries(this.columns)) {
        const here = id === playing;
        column.element.classList.toggle("playing", here);
        column.play.classList.toggle("heard", this.isHeard(id));
        column.play.setAttribute("aria-pressed", String(here));
        if (column.slider) this.showRating(id, column, here);
      }
      if (!this.lacks().length) this.missing.textContent = "";
    }

    showRating(id, column, here) {
      const score = this.progress.scores[id];
      const rated = score !== undefined;
      column.slider.disabled = !here;
      column.slider.classList.toggle("unset", !rated);
      column.output.textContent = rated ? score : "–";
      column.slider.setAttribute("aria-valuetext", rated
        ? word("trial.value", { score, word: band(score) })
        : word("trial.unrated"));
    }

    showLoop() {
      const { from, to } = this.engine;
      const values = { from: this.waveform.seconds(from), to: this.waveform.seconds(to) };
      this.loopText.textContent = word("trial.loop", values);
    }

    /* Was it played, and as long as the test asks for? */
    isHeard(id) {
      const { plays, seconds } = this.progress;
      return Boolean(plays[id]) && (seconds[id] || 0) >= this.store.configuration.seconds;
    }

    /* Ids of what is not yet heard, or not yet rated. */
    lacks() {
      const { scores } = this.progress;
      const ids = this.order.filter((id) => !this.isHeard(id) || scores[id] === undefined);
      return this.isHeard(this.trial.reference) ? ids : [this.trial.reference, ...ids];
    }

    next() {
      this.count();
      const lacking = this.lacks();
      if (!lacking.length) {
        this.app.completed(this.trial);
        return;
      }
      const { seconds } = this.store.configuration;
      const keys = lacking.map((id) => this.columns[id].key).filter(Boolean);
      this.missing.textContent = [
        lacking[0] === this.trial.reference ? word("trial.missing.reference") : "",
        keys.length ? word("trial.missing.ratings", { keys: keys.join(", ") }) : "",
        seconds ? word("trial.missing.seconds", { seconds }) : "",
      ].join(" ");
      this.columns[lacking[0]].play.focus();
    }

    /* Single keys; not while something is typed, and only if the listener wants them. */
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (this.store.session.shortcuts === false) return;
      const target = event.target;
      if (["TEXTAREA", "SELECT", "SUMMARY"].includes(target.tagName)) return;
      if (event.key === " " && target.tagName === "BUTTON") return; // presses the button
      if (this.shortcut(Mushra.keyOf(event))) event.preventDefault();
    }

    shortcut(key) {
      const place = Mushra.VERSIONS.indexOf(key);
      if (place >= 0 && place < this.order.length) this.visit(this.order[place]);
      else if (key === "0" || key === "R") this.visit(this.trial.reference);
      else if (key === "ArrowLeft") this.step(-1);
      else if (key === "ArrowRight") this.step(1);
      else if (key === " ") this.toggle();
      else if (key === ",") this.waveform.move("start", this.engine.position());
      else if (key === ".") this.waveform.move("end", this.engine.position());
      else if (key === "L") this.waveform.set(0, this.engine.length);
      else return false;
      return true;
    }

    async visit(id) {
      await this.play(id);
      const column = this.columns[id];
      (column.slider || column.play).focus();
    }

    step(direction) {
      const ids = [this.trial.reference, ...this.order];
      const place = ids.indexOf(this.engine.current || this.lastPlayed || ids[0]) + direction;
      this.visit(ids[(place + ids.length) % ids.length]);
    }

    leave() {
      this.closed = true;
      this.count();
      cancelAnimationFrame(this.frame);
      document.removeEventListener("keydown", this.onKey);
      this.waveform.close();
      this.engine.pause();
    }
  }

  /* The word of the five-point scale that a score falls in. */
  function band(score) {
    return word("scale." + Math.min(4, Math.floor(score / 20))).replace(/\u00ad/g, "");
  }

  function scale() {
    const words = [4, 3, 2, 1, 0].map((index) => element("span", {}, word("scale." + index)));
    return element("div", { class: "scale", "aria-hidden": "true" }, words);
  }

  Mushra.Trial = Trial;
})((window.Mushra = window.Mushra || {}));
