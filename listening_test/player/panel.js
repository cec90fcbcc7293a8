/* Listeners of a panel: who they are, which block they take, how long they have, their code.
 *
 * The link may name the listener, in the parameter that the test says, and a block, from 1. Which
 * block a listener takes, the server says where there is one, so that all are taken equally often;
 * without one, the listener's seed draws it.
 */
(function (Mushra) {
  "use strict";

  const { element, word } = Mushra;
  const LONGEST_NAME = 64;
  const BEGIN_TIMEOUT_SECONDS = 10;

  function ofLink(name) {
    return name ? new URLSearchParams(window.location.search).get(name) : null;
  }

  function parameter(test) {
    return (test.panel && test.panel.parameter) || "";
  }

  /* The listener whom the link names, "" where it names none that can be. */
  function listener(test) {
    const name = (ofLink(parameter(test)) || "").trim();
    return name.length <= LONGEST_NAME && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name) ? name : "";
  }

  /* Go on with the session of the listener whom the link names, or begin it. */
  function settle(store) {
    const name = listener(store.test);
    if (!name) return;
    const own = [...store.all.values()].find((session) => session.listener === name);
    store.adopt(own || { ...store.fresh(), listener: name, language: store.session.language });
  }

  /* A page in place of the test, where the listener may not take it; null otherwise. A block is
   * decided once. */
  async function begin(app) {
    const { store, sender } = app;
    const { session, test } = store;
    if (parameter(test) && !listener(test)) return refusal("unnamed", { name: parameter(test) });
    if (!test.blocks || session.block !== null) return null;
    const answer = sender.server ? await ask(sender.server, session) : {};
    if (answer.taken) return refusal("taken");
    const linked = Number(ofLink("block")) - 1;
    const drawn = session.seed % test.blocks.length;
    session.block = linked in test.blocks ? linked : answer.block in test.blocks ? answer.block : drawn;
    store.save();
    return null;
  }

  async function ask(server, { listener, session }) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), 1000 * BEGIN_TIMEOUT_SECONDS);
    try {
      const response = await fetch(server.begin, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ listener, session }),
        signal: abort.signal,
      });
      if (response.status === 409) return { taken: true };
      return response.ok ? await response.json() : {};
    } catch (error) {
      const expected = error instanceof TypeError || error instanceof SyntaxError || error.name === "AbortError";
      if (!expected) throw error;
      return {};
    } finally {
      clearTimeout(timer);
    }
  }

  function refusal(name, values) {
    const body = element("div", { class: "card narrow" }, element("p", { role: "alert" }, word("tests." + name, values)));
    return { title: word(`tests.${name}.title`), body };
  }

  /* Is the time of this session over? It begins with the first trial. */
  function isOver(store) {
    const { test, session } = store;
    const minutes = test.panel && test.panel.minutes;
    if (!minutes || session.page !== "trial") return false;
    session.started = session.started || Date.now();
    if (Date.now() - session.started <= 60000 * minutes) return false;
    session.late = true;
    session.page = "finish";
    store.save();
    return true;
  }

  /* What the last page says beside its thanks: the code once all has arrived, or that it is late. */
  function farewell({ store }, arrived) {
    const code = store.test.panel && store.test.panel.code;
    if (store.session.late) return [element("p", {}, word("tests.over"))];
    if (!code) return [];
    if (!arrived) return [element("p", {}, word("tests.code.later"))];
    return [element("p", {}, word("tests.code"), " ", element("strong", { class: "code" }, code))];
  }

  /* What listeners are told before they begin. */
  function told({ store }) {
    const { test } = store;
    const kind = Mushra.kinds[test.kind];
    const trials = store.trials();
    const training = trials.filter((trial) => trial.training).length;
    const seconds = trials.reduce((sum, trial) => sum + secondsOf(test, trial), 0);
    const minutes = Math.max(1, Math.round(seconds / 60));
    const limit = test.panel.minutes;
    const items = [
      word("tests.trials", { n: trials.length - training, training, minutes }),
      limit ? word("tests.limit", { minutes: limit }) : null,
      kind.tones ? word("tests.tones") : null,
      word("welcome.headphones"),
      word("welcome.breaks"),
      parameter(test) ? null : word(Mushra.privacy(store.configuration)),
    ].filter(Boolean);
    return { lead: word(kind.words + ".lead"), items };
  }

  /* To hear and judge a trial, about. */
  function secondsOf({ rate }, { frames, stimuli }) {
    const heard = frames.reduce((sum, length) => sum + length, 0) / rate;
    return 4 + (stimuli.length > 1 ? 1.3 : 1) * heard;
  }

  Mushra.panel = { listener, settle, begin, isOver, farewell, told };
})((window.Mushra = window.Mushra || {}));
