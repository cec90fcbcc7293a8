/* The pages around the trials. Each gives its title, its body, and what to do when it is left. */
(function (Mushra) {
  "use strict";

  const { element, button, word, paragraphs } = Mushra;

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
    const { store } = app;
    const { configuration, session, test } = store;
    const asks = configuration.participant && !store.participant;
    const id = asks ? element("input", { type: "text", id: "participant", maxlength: "64", autocomplete: "off" }) : null;
    if (id) id.value = session.participant;
    const missing = element("p", { class: "missing", role: "alert" });
    const start = () => {
      if (id) session.participant = Mushra.line(id.value);
      if (id && configuration.participant_required && !session.participant) {
        missing.textContent = word("welcome.participant.missing");
        id.focus();
      } else app.go(configuration.consent && !session.consent ? "consent" : "headphones");
    };
    const { lead, items } = test.kind ? Mushra.panel.told(app) : told(store);
    const body = element("div", { class: "card narrow" },
      configuration.logo ? element("img", { class: "logo", src: configuration.logo, alt: app.name }) : null,
      paragraphs(configuration.welcome || lead, { class: "lead" }),
      element("ul", {}, items.map((text) => element("li", {}, text))),
      id ? element("div", { class: "field" }, element("label", { for: "participant" }, word("welcome.participant")), id) : null,
      element("div", { class: "actions" }, missing, button(word("welcome.start"), start, { class: "primary" })));
    return { title: word("welcome.title"), body };
  }

  /* What listeners of MUSHRA are told before they begin. */
  function told(store) {
    const n = store.trials().filter((trial) => !trial.training).length;
    const items = [
      word("welcome.trials", { n, minutes: store.test.minutes }),
      word("welcome.headphones"),
      word("welcome.breaks"),
      word(Mushra.privacy(store.configuration)),
    ];
    return { lead: word("welcome.lead"), items };
  }

  /* What the answers carry, as far as we know what is asked for. */
  function privacy({ participant, questions }) {
    if (participant) return "welcome.privacy.participant";
    return questions.length ? "welcome.privacy.questions" : "welcome.privacy";
  }

  function consent(app) {
    const { session, configuration } = app.store;
    const box = element("input", { type: "checkbox" });
    const missing = element("p", { class: "missing", role: "alert" });
    const next = () => {
      if (box.checked) {
        session.consent = new Date().toISOString();
        app.go("headphones");
      } else {
        missing.textContent = word("consent.missing");
        box.focus();
      }
    };
    const body = element("div", { class: "card narrow" },
      paragraphs(configuration.consent),
      element("label", { class: "check" }, box, word("consent.agree")),
      element("div", { class: "actions" }, missing, button(word("continue"), next, { class: "primary" })));
    return { title: word("consent.title"), body };
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
    const next = () => app.go(Mushra.hasQuestions(store.configuration) ? "questions" : "trial");
    const body = element("div", { class: "card narrow" },
      element("p", {}, word("volume.text")),
      Mushra.ringerHint(),
      element("div", { class: "volume" }, toggle, element("label", { for: "volume" }, word("volume.label")), slider),
      element("div", { class: "actions" }, button(word("continue"), next)));
    return { title: word("volume.title"), body, silence, leave: () => engine.pause() };
  }

  function finish(app) {
    const { store, sender } = app;
    const { completion, link } = store.configuration;
    const text = element("p", { role: "status", class: "lead" });
    const farewell = element("div", {});
    const again = store.participant || Mushra.panel.listener(store.test) ? null : button(word("finish.again"), () => {
      store.restart();
      app.go("welcome");
    }, { class: "link" });
    const participant = store.session.participant || Mushra.panel.listener(store.test);
    const address = link.replace("{participant}", encodeURIComponent(participant));
    const after = element("div", { class: "after" },
      paragraphs(completion),
      link ? element("p", {}, element("a", { href: address, class: "button" }, word("finish.link"))) : null);
    const show = () => {
      const refused = sender.failing().some((one) => one.refused);
      const waiting = sender.waiting().some((one) => one.session === store.session);
      const key = !sender.server || refused ? "download" : waiting ? "sending" : "sent";
      text.textContent = word("finish." + key);
      const arrived = key === "sent" || !sender.server;
      after.hidden = key === "sending"; // who leaves now leaves answers behind
      farewell.replaceChildren(...Mushra.panel.farewell(app, arrived));
    };
    store.addEventListener("change", show);
    show();
    const body = element("div", { class: "card narrow" }, text, after, farewell,
      element("div", { class: "actions" }, again,
        button(word("download"), () => app.download(), { class: sender.server ? "" : "primary" })));
    return { title: word("finish.title"), body, leave: () => store.removeEventListener("change", show) };
  }

  const headphones = (app) => Mushra.headphonesPage(app);
  const questions = (app) => Mushra.questionsPage(app);
  Mushra.privacy = privacy;
  Mushra.pages = { returning, welcome, consent, headphones, volume, questions, finish };
})((window.Mushra = window.Mushra || {}));
