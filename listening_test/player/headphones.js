/* Headphone check after Woods, Siegel, Traer, McDermott (Attention, Perception & Psychophysics 79,
 * 2017): of three 200 Hz tones one is 6 dB softer and one has its channels in antiphase. In the
 * air the antiphase tone cancels and seems the softest; over headphones it does not. Six rounds,
 * at least five right.
 */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const ROUNDS = 6;
  const ENOUGH = 5;
  const MOST_TRIES = 3; // where it has to be passed
  const FREQUENCY = 200;
  const TONE_SECONDS = 1;
  const RAMP_SECONDS = 0.1;
  const GAP_SECONDS = 0.5;
  const SOFTER = Math.pow(10, -6 / 20);
  const LEVEL = 0.25;

  /* Stereo buffer of three tones: `kinds` are "plain", "soft" and "antiphase" in some order. */
  function tones(context, kinds) {
    const rate = context.sampleRate;
    const step = Math.round((TONE_SECONDS + GAP_SECONDS) * rate);
    const length = Math.round(TONE_SECONDS * rate);
    const ramp = Math.round(RAMP_SECONDS * rate);
    const buffer = context.createBuffer(2, step * kinds.length, rate);
    kinds.forEach((kind, place) => {
      const level = LEVEL * (kind === "soft" ? SOFTER : 1);
      for (let i = 0; i < length; i++) {
        const edge = Math.min(1, i / ramp, (length - 1 - i) / ramp);
        const fade = 0.5 - 0.5 * Math.cos(Math.PI * edge);
        const value = level * fade * Math.sin((2 * Math.PI * FREQUENCY * i) / rate);
        buffer.getChannelData(0)[place * step + i] = value;
        buffer.getChannelData(1)[place * step + i] = kind === "antiphase" ? -value : value;
      }
    });
    return buffer;
  }

  function page(app) {
    const { store } = app;
    const { headphones: wanted } = store.configuration;
    const body = element("div", { class: "card narrow" });
    let round = 0;
    let correct = 0;
    let source = null; // while it plays
    let unheard = () => {}; // these tones cannot be judged

    /* Stop. Was anything playing? */
    function silence() {
      const played = source !== null;
      if (played) source.stop();
      source = null;
      return played;
    }

    /* Does it play? */
    async function play(buffer) {
      if (!(await app.awake())) return false;
      silence();
      const played = app.output.context.createBufferSource();
      played.buffer = buffer;
      played.connect(app.output.node);
      played.addEventListener("ended", () => {
        if (source === played) source = null;
      });
      played.start();
      source = played;
      return true;
    }

    function ask() {
      const seed = `headphones ${store.session.tries}/${round}`;
      const kinds = Mushra.shuffled(["plain", "soft", "antiphase"], store.session.seed, seed);
      const buffer = tones(app.output.context, kinds);
      const choices = kinds.map((kind, place) =>
        button(word("headphones.tone", { n: place + 1 }), () => answer(kind), { disabled: true })
      );
      const start = button(word("headphones.play"), async () => {
        if (!(await play(buffer))) return;
        start.textContent = word("headphones.again");
        for (const choice of choices) choice.disabled = false;
      }, { class: "primary" });
      unheard = () => {
        for (const choice of choices) choice.disabled = true;
      };
      body.replaceChildren(
        element("p", {}, word("headphones.text")),
        Mushra.ringerHint(),
        element("p", { class: "quiet" }, word("headphones.round", { n: round + 1, rounds: ROUNDS })),
        start,
        element("fieldset", { class: "choices" }, element("legend", {}, word("headphones.which")), choices),
        wanted === "offered" ? button(word("headphones.skip"), () => leave(null), { class: "link" }) : ""
      );
      if (round) start.focus();
    }

    function answer(kind) {
      silence();
      round += 1;
      if (kind === "soft") correct += 1;
      if (round < ROUNDS) ask();
      else conclude();
    }

    function conclude() {
      const good = correct >= ENOUGH;
      store.session.tries += 1;
      store.save();
      if (!good && isOver()) {
        refuse();
        return;
      }
      const next = button(word("continue"), () => leave({ correct, rounds: ROUNDS }), { class: "primary" });
      const again = button(word("headphones.repeat"), () => {
        round = correct = 0;
        ask();
      });
      const told = wanted === "required" ? "headphones.bad.required" : "headphones.bad";
      body.replaceChildren(
        element("p", { role: "status" }, word(good ? "headphones.good" : told)),
        element("div", { class: "actions" }, good ? null : again, good || wanted !== "required" ? next : null)
      );
      (good ? next : again).focus();
    }

    /* Has the check to be passed, and was not, often enough? */
    function isOver() {
      return wanted === "required" && store.session.tries >= MOST_TRIES;
    }

    function refuse() {
      body.replaceChildren(element("p", { role: "alert" }, word("headphones.over")));
    }

    function leave(result) {
      silence();
      store.session.headphones = result;
      app.go("volume");
    }

    function interrupted() {
      const played = silence();
      if (played) unheard();
      return played;
    }

    if (isOver()) refuse();
    else ask();
    return { title: word("headphones.title"), body, silence: interrupted, leave: silence };
  }

  Mushra.headphonesPage = page;
})((window.Mushra = window.Mushra || {}));
