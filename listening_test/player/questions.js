/* Questions before the trials: ours, which are optional, and those of who made the test. */
(function (Mushra) {
  "use strict";

  const { element, button, word } = Mushra;
  const STANDARD = {
    device: ["closed", "open", "in-ear", "loudspeakers"],
    experience: ["never", "some", "often"],
  };
  const LONGEST = 64; // characters of an answer

  /* All questions of a test, as the page shows them: choices are [value, label]. */
  function asked({ standard_questions: standard, questions }) {
    const ours = Object.entries(standard ? STANDARD : {}).map(([name, choices]) => ({
      name,
      text: word("questions." + name),
      choices: choices.map((choice) => [choice, word(`questions.${name}.${choice}`)]),
      required: false,
    }));
    const own = questions.map(({ choices, ...rest }) => ({
      ...rest,
      choices: choices.map((choice) => [choice, choice]),
    }));
    return [...ours, ...own];
  }

  function page(app) {
    const { store } = app;
    const answers = store.session.questionnaire;
    const questions = asked(store.configuration);
    const fields = questions.map((question) => field(store, answers, question));
    const missing = element("p", { class: "missing", role: "alert" });
    const next = () => {
      const open = questions.findIndex(({ name, required }) => required && !answers[name]);
      if (open < 0) app.go("trial");
      else {
        missing.textContent = word("questions.missing", { text: questions[open].text });
        fields[open].querySelector("select, input").focus();
      }
    };
    const own = store.configuration.questions.length > 0;
    const body = element("div", { class: "card narrow" },
      element("p", { class: "quiet" }, word(own ? "questions.text.own" : "questions.text")),
      fields,
      element("div", { class: "actions" }, missing, button(word("continue"), next, { class: "primary" })));
    return { title: word(own ? "questions.title.own" : "questions.title"), body };
  }

  function field(store, answers, { name, text, choices, required }) {
    const id = "question-" + name;
    const label = element("label", { for: id }, text, required ? " *" : "");
    const change = () => {
      const answer = Mushra.line(input.value);
      if (answer) answers[name] = answer;
      else delete answers[name];
      store.save();
    };
    const attributes = { id, name, change, "aria-required": required && "true" };
    const input = choices.length
      ? element("select", attributes,
        element("option", { value: "" }, word(required ? "questions.choose" : "questions.none")),
        choices.map(([value, words]) => element("option", { value }, words)))
      : element("input", { ...attributes, input: change, type: "text", maxlength: LONGEST, autocomplete: "off" });
    input.value = answers[name] || "";
    return element("div", { class: "field" }, label, input);
  }

  Mushra.hasQuestions = (configuration) => asked(configuration).length > 0;
  Mushra.questionsPage = page;
})((window.Mushra = window.Mushra || {}));
