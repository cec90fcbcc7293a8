/* The pages around the trials. Each gives its title, its body, and what to do when it is left. */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const SECONDS_PER_STIMULUS = 25; // to hear, compare and rate it: an estimate for the welcome page
  const QUESTIONS = {
    device: ["closed", "open", "in-ear", "loudspeakers"],
    experience: ["never", "some", "often"],
  };

  /* Somebody has begun: is it who is here now? Nothing is begun for either before they say. */
  function returning(app) {
    const { store } = app;
    const done = Object.values(store.session.trials).filter((trial) => trial.record).length;
    const answer = (label, act, attributes) => button(word(label), () => {
      act();
      app.render();
    }, attributes);
    const body = element("div", { class: "card narrow" },
      element("p", { class: "lead" }, word("returning.text", { done, of: store.trials().length })),
      element("p", {}, word("returning.kept")),
      element("div", { class: "actions" },
        answer("returning.other", () => store.restart()),
        answer("returning.continue", () => store.claim(), { class: "primary" })));
    return { title: word("returning.title"), body };
  }

  function welcome(app) {
    if (app.store.test.kind) return Mushra.panel.welcome(app);
    const { trials } = app.store.test;
    const stimuli = trials.reduce((sum, trial) => sum + trial.stimuli.length, 0);
    const n = trials.filter((trial) => !trial.training).length;
    const minutes = Math.max(1, Math.round((stimuli * SECONDS_PER_STIMULUS) / 60));
    const body = element("div", { class: "card narrow" },
      element("p", { class: "lead" }, word("welcome.lead")),
      element("ul", {},
        element("li", {}, word("welcome.trials", { n, minutes })),
        element("li", {}, word("welcome.headphones")),
        element("li", {}, word("welcome.breaks")),
        element("li", {}, word("welcome.privacy"))),
      element("div", { class: "actions" },
        button(word("welcome.start"), () => app.go("headphones"), { class: "primary" })));
    return { title: word("welcome.title"), body };
  }

  async function volume(app) {
    const { store } = app;
    const trial = store.trials()[0];
    const engine = await app.engine(trial);
    const slider = element("input", {
      type: "range", min: "0", max: "1", step: "0.01", id: "volume",
      input: () => {
        store.session.volume = Number(slider.value);
        app.output.setVolume();
        store.save();
      },
    });
    slider.value = store.session.volume;
    const show = () => (toggle.textContent = word(engine.playing ? "volume.pause" : "volume.play"));
    const toggle = button(word("volume.play"), async () => {
      if (engine.playing) engine.pause();
      else if (await app.awake()) engine.play(trial.reference || trial.stimuli[0]);
      show();
    }, { class: "primary" });
    const silence = () => {
      const { playing } = engine;
      engine.pause();
      show();
      return playing;
    };
    const body = element("div", { class: "card narrow" },
      element("p", {}, word("volume.text")),
      Mushra.ringerHint(),
      element("div", { class: "volume" }, toggle, element("label", { for: "volume" }, word("volume.label")), slider),
      element("div", { class: "actions" }, button(word("continue"), () => app.go("questions"))));
    return { title: word("volume.title"), body, silence, leave: () => engine.pause() };
  }

  function questions(app) {
    const answers = app.store.session.questionnaire;
    const fields = Object.entries(QUESTIONS).map(([name, choices]) => {
      const select = element("select", {
        id: name,
        change: () => {
          if (select.value) answers[name] = select.value;
          else delete answers[name];
          app.store.save();
        },
      },
        element("option", { value: "" }, word("questions.none")),
        choices.map((choice) => element("option", { value: choice }, word(`questions.${name}.${choice}`))));
      select.value = answers[name] || "";
      return element("div", { class: "field" }, element("label", { for: name }, word("questions." + name)), select);
    });
    const body = element("div", { class: "card narrow" },
      element("p", { class: "quiet" }, word("questions.text")),
      fields,
      element("div", { class: "actions" },
        button(word("continue"), () => app.go("trial"), { class: "primary" })));
    return { title: word("questions.title"), body };
  }

  function finish(app) {
    const { store, sender } = app;
    const text = element("p", { role: "status", class: "lead" });
    const farewell = element("div", {});
    const again = Mushra.panel.listener(store.test) ? null : button(word("finish.again"), () => {
      store.restart();
      app.go("welcome");
    }, { class: "link" });
    const show = () => {
      const refused = sender.failing().some((one) => one.refused);
      const waiting = sender.waiting().some((one) => one.session === store.session);
      const key = !sender.server || refused ? "download" : waiting ? "sending" : "sent";
      text.textContent = word("finish." + key);
      farewell.replaceChildren(...Mushra.panel.farewell(app, key === "sent" || !sender.server));
    };
    store.addEventListener("change", show);
    show();
    const body = element("div", { class: "card narrow" }, text, farewell,
      element("div", { class: "actions" }, again,
        button(word("download"), () => app.download(), { class: sender.server ? "" : "primary" })));
    return { title: word("finish.title"), body, leave: () => store.removeEventListener("change", show) };
  }

  Mushra.pages = { returning, welcome, volume, questions, finish, headphones: (app) => Mushra.headphonesPage(app) };
})((window.Mushra = window.Mushra || {}));
