/* What tells the tests beside MUSHRA from one another.
 *
 * An answer is a value, what it is called, and the key that gives it; `words` is where the words of
 * the test are, `parts` are the names of what is heard, `once` says that it is heard once only.
 */
(function (Mushra) {
  "use strict";

  const { word } = Mushra;

  function scale(name, highest, lowest) {
    const values = Array.from({ length: highest - lowest + 1 }, (_, i) => highest - i);
    const answers = values.map((value) => ({ value, name: `${name}.${value}`, key: String(value - lowest + 1) }));
    return () => answers.map((one) => ({ ...one, label: word(one.name) }));
  }

  function named(name, values) {
    return values.map((value, place) => ({ value, label: word(`${name}.${value}`), key: String(place + 1) }));
  }

  const words = {
    words: "words",
    page: "Once",
    parts: ["word"],
    once: true,
    answers: (_, trial) => trial.words.map((value, place) => ({ value, label: value, key: String(place + 1) })),
  };

  Mushra.kinds = {
    acr: { words: "acr", page: "Once", parts: ["recording"], tones: true, answers: scale("acr", 5, 1) },
    dcr: { words: "dcr", page: "Once", parts: ["original", "changed"], tones: true, answers: scale("dcr", 5, 1) },
    ccr: { words: "ccr", page: "Once", parts: ["first", "second"], tones: true, answers: scale("ccr", 3, -3) },
    ab: {
      words: "ab",
      page: "Switched",
      answers: (test) => named("ab", test.tie ? ["first", "second", "neither"] : ["first", "second"]),
    },
    abx: { words: "abx", page: "Switched", answers: () => named("abx", ["a", "b"]) },
    drt: words,
    mrt: words,
  };

  /* Keys and what they do, for the help; and what else it says. */
  Mushra.helpOf = function (test) {
    const kind = Mushra.kinds[test.kind];
    const switched = kind.page === "Switched";
    const keys = switched
      ? [[test.kind === "abx" ? "A, B, X" : "A, B", "tests.help.key.samples"], ["␣", "help.key.space"],
         [", .", "help.key.loop"], ["L", "help.key.whole"]]
      : [["␣", "tests.help.key.play"]];
    return {
      texts: switched ? ["tests.help.switch", "help.loop"] : ["tests.help.once"],
      keys: [...keys, ["1, 2, …", "tests.help.key.answer"], ["↵", "tests.help.key.next"]],
    };
  };

  /* Has a listener's test of this trial's pair ended? Wald's ratio of likelihoods, from the answers
   * to the pair so far; what follows a decision is not looked at. */
  Mushra.isDecided = function (test, session, trials, trial) {
    const rule = test.stopping;
    if (trial.pair === undefined || !rule || rule.rule !== "sequential") return false;
    let ratio = 0;
    return trials
      .map((other) => (other.pair === trial.pair ? session.trials[other.trial] : null))
      .filter((progress) => progress && progress.record && progress.right !== undefined)
      .some(({ right }) => {
        ratio += right ? rule.right : rule.wrong;
        return ratio >= rule.heard || ratio <= rule.guessed;
      });
  };

  /* What a record has of a trial's answers: MUSHRA's ratings, or the answer of another test. */
  Mushra.contentOf = function (test, session, trial, progress, order) {
    const amounts = (stimulus) => ({
      plays: progress.plays[stimulus] || 0,
      seconds: Mushra.rounded(progress.seconds[stimulus]),
    });
    if (test.kind) {
      return {
        kind: test.kind,
        answer: progress.answer,
        heard: order.map((stimulus) => ({ stimulus, ...amounts(stimulus) })),
        block: session.block,
      };
    }
    return {
      ratings: order.map((stimulus) => ({
        stimulus,
        score: stimulus in progress.scores ? progress.scores[stimulus] : null,
        ...amounts(stimulus),
      })),
      reference_plays: progress.plays[trial.reference] || 0,
    };
  };
})((window.Mushra = window.Mushra || {}));
