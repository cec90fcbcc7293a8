/* The test: one page at a time, one audio context, a store that keeps everything. */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const HELP_TEXTS = ["help.switch", "help.loop"];
  const HELP_KEYS = [
    ["0, R", "help.key.reference"],
    ["1 … 9, A, B, C", "help.key.version"],
    ["← →", "help.key.neighbour"],
    ["␣", "help.key.space"],
    ["↑ ↓", "help.key.rate"],
    ["Page ↑ ↓", "help.key.rate10"],
    [", .", "help.key.loop"],
    ["L", "help.key.whole"],
  ];

  class App {
    constructor(test, server) {
      this.store = new Mushra.Store(test, server);
      Mushra.language = this.store.session.language || this.store.configuration.language || Mushra.preferred();
      this.root = document.getElementById("app");
      this.shown = 0;
      this.page = null;
      this.store.addEventListener("change", () => this.showStatus());
      this.store.addEventListener("lost", () => this.lose());
      document.addEventListener("visibilitychange", () => {
        if (document.hidden && !this.store.unsure) this.store.save();
      });
      this.output = new Mushra.Output(test.rate, () => this.store.session.volume);
      this.output.addEventListener("stopped", () => this.silence());
      this.sender = new Mushra.Sender(this.store, server);
      Mushra.panel.settle(this.store);
      this.render();
    }

    get name() {
      return this.store.configuration.title || word("title");
    }

    /* Signals of a trial by id, at the context's rate. */
    async signals(trial) {
      const frames = Array.isArray(trial.frames)
        ? Object.fromEntries(trial.stimuli.map((id, place) => [id, trial.frames[place]]))
        : trial.frames;
      return Mushra.decode(this.output.context, await Mushra.load(trial), frames, this.store.test.rate);
    }

    async engine(trial) {
      const signals = await this.signals(trial);
      return new Mushra.Engine(this.output.context, signals, this.output.node);
    }

    /* May a page play? If not, the listener is told. */
    async awake() {
      const awake = await this.output.wake();
      if (awake) this.interruption.replaceChildren();
      else this.interrupt("sound.dead");
      return awake;
    }

    /* The sound was stopped from outside: so is the page, and the listener is told. */
    silence() {
      if (this.page && this.page.silence && this.page.silence()) this.interrupt("sound.stopped");
    }

    interrupt(key) {
      const again = button(word("retry"), () => {
        this.output.renew();
        this.render();
      });
      this.interruption.replaceChildren(element("p", { role: "alert" }, word(key)), again);
    }

    isLast(trial) {
      return this.store.trials().at(-1) === trial;
    }

    completed(trial) {
      this.store.complete(trial);
      Mushra.unload(trial);
      this.render();
    }

    go(page) {
      this.store.session.page = page;
      this.store.save();
      this.render();
    }

    /* Draw the current page anew. A later call wins over one that still loads. */
    async render() {
      const turn = ++this.shown;
      this.leave();
      this.frame();
      this.content.replaceChildren(element("p", { class: "quiet", role: "status" }, word("loading")));
      let page;
      try {
        page = await this.make();
      } catch (error) {
        if (turn === this.shown) this.fail(error);
        return;
      }
      if (turn !== this.shown) {
        if (page.leave) page.leave();
        return;
      }
      this.page = page;
      this.heading = element("h1", { tabindex: "-1" }, page.title);
      this.content.replaceChildren(this.heading, page.body);
      document.title = `${page.title} · ${this.name}`;
      if (turn > 1) this.heading.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }

    leave() {
      if (this.page && this.page.leave) this.page.leave();
      this.page = null;
    }

    async make() {
      const { session, unsure } = this.store;
      if (unsure) return Mushra.pages.returning(this);
      const refused = await Mushra.panel.begin(this);
      if (refused) return refused;
      Mushra.panel.isOver(this.store);
      return session.page === "trial" ? this.trial() : Mushra.pages[session.page](this);
    }

    async trial() {
      const trials = this.store.trials();
      const trial = trials[this.store.session.position];
      const made = await this.madeOf(trial);
      const next = trials[this.store.session.position + 1];
      if (next) Mushra.load(next).catch(() => {}); // it is loaded again, and loudly, when its turn comes
      const title = this.nameOf(trial, this.store.session);
      return { title, body: made.body, leave: () => made.leave(), silence: () => made.silence(), made };
    }

    async madeOf(trial) {
      const kind = Mushra.kinds[this.store.test.kind];
      if (kind) return new Mushra[kind.page](this, trial, await this.signals(trial));
      return new Mushra.Trial(this, trial, await this.engine(trial));
    }

    /* A trial as its listener knows it. */
    nameOf(trial, session) {
      const alike = this.store.trials(session).filter((other) => other.training === trial.training);
      const place = { n: alike.indexOf(trial) + 1, of: alike.length };
      const training = alike.length > 1 ? "tests.training" : "trial.training";
      const name = word(trial.training ? training : "trial.title", place);
      return session === this.store.session ? name : word("sent.former", { name, listener: session.listener });
    }

    fail(error) {
      this.content.replaceChildren(
        element("p", { role: "alert" }, word("loading.failed", { why: error.message })),
        button(word("retry"), () => this.render(), { class: "primary" })
      );
    }

    frame() {
      document.documentElement.lang = Mushra.language;
      const { session } = this.store;
      const share = session.page === "finish" ? 1 : session.position / this.store.trials().length;
      this.status = element("p", { class: "status", role: "status" });
      this.content = element("main", {});
      this.interruption = element("div", { class: "interruption" });
      this.dialog = this.help();
      const bar = element("div", { class: "progress" });
      bar.style.setProperty("--share", share);
      this.root.replaceChildren(
        element("header", {},
          element("span", { class: "brand" }, this.name),
          this.status,
          this.languageMenu(),
          button(word("download"), () => this.download(), { class: "link download" }),
          button(word("help"), () => this.dialog.showModal(), { class: "link" })),
        bar, this.interruption, this.content, this.dialog
      );
      this.showStatus();
    }

    languageMenu() {
      const options = Mushra.languages().map((language) =>
        element("option", { value: language, selected: language === Mushra.language }, Mushra.strings[language].language)
      );
      const menu = element("select", {
        "aria-label": word("language.label"),
        change: () => {
          this.store.session.language = Mushra.language = menu.value;
          this.store.save();
          this.render();
        },
      }, options);
      return menu;
    }

    help() {
      const { session, test } = this.store;
      const help = test.kind ? Mushra.helpOf(test) : { texts: HELP_TEXTS, keys: HELP_KEYS };
      const keys = help.keys.flatMap(([keys, name]) => [
        element("dt", {}, element("kbd", {}, keys)),
        element("dd", {}, word(name)),
      ]);
      const shortcuts = element("input", {
        type: "checkbox",
        change: () => {
          session.shortcuts = shortcuts.checked;
          this.store.save();
        },
      });
      shortcuts.checked = session.shortcuts !== false;
      const dialog = element("dialog", { "aria-labelledby": "help-title" },
        element("h2", { id: "help-title" }, word("help.title")),
        help.texts.map((text) => element("p", {}, word(text))),
        element("h3", {}, word("help.keys")),
        element("dl", {}, keys),
        element("label", { class: "check" }, shortcuts, word("help.shortcuts")),
        element("div", { class: "actions" }, button(word("close"), () => dialog.close(), { class: "primary" })));
      return dialog;
    }

    showStatus() {
      const { store, sender } = this;
      const failing = sender.failing();
      const refused = failing.find((one) => one.refused);
      let text = word("saved");
      if (!store.durable) text = word("unsaved");
      else if (refused) text = word("sent.refused", this.told(refused));
      else if (failing.length) text = word("sent.waiting", { n: failing.length, ...this.told(failing[0]) });
      else if (store.session.sent.length) text = word("sent.all", { n: store.session.sent.length });
      if (this.status.textContent !== text) this.status.textContent = text;
      this.status.classList.toggle("alarm", !store.durable || Boolean(refused));
    }

    /* What could not be sent, and why, as words. */
    told({ trial, session, why }) {
      return { name: this.nameOf(trial, session), why: why || word("sent.silence") };
    }

    /* Another tab has taken over: show nothing that could be lost. */
    lose() {
      if (this.root.querySelector(".lost")) return;
      this.shown += 1;
      this.leave();
      const here = button(word("lost.here"), () => {
        this.store.take();
        this.store.claim();
        this.render();
        this.sender.send();
      }, { class: "primary" });
      this.content.replaceChildren(
        element("h1", { tabindex: "-1" }, word("lost.title")),
        element("div", { class: "card narrow lost", role: "alert" },
          element("p", {}, word("lost.text")),
          element("div", { class: "actions" }, here))
      );
    }

    /* A JSON list of every record and draft in this browser, as a file. */
    download() {
      const text = JSON.stringify(this.store.everything(), null, 1);
      const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      const name = `${this.store.test.test}-${this.store.session.listener}.json`;
      const link = element("a", { href: url, download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), 60000); // some browsers read it late
    }
  }

  Mushra.app = new App(Mushra.test, Mushra.server);
})((window.Mushra = window.Mushra || {}));
