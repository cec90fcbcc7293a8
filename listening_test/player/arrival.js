/* Who comes, and which trials are theirs: what the page's address, the server and the test say. */
(function (Mushra) {
  "use strict";

  const LONGEST = 64; // characters, of an answer in a record
  const PLAIN = {
    language: "", title: "", logo: "", welcome: "", task: "", consent: "", completion: "", link: "",
    participant: "", participant_required: false, headphones: "offered", seconds: 0,
    standard_questions: true, questions: [],
  };

  /* What was configured when the test was built. */
  function configured(test) {
    return { ...PLAIN, ...test.configuration };
  }

  /* A text as a record can hold it: one line of printable characters. */
  function line(text) {
    const plain = text.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
    return Array.from(plain).slice(0, LONGEST).join("").trim();
  }

  function parameter(name) {
    return line(new URLSearchParams(window.location.search).get(name) || "");
  }

  /* The participant that the address names; "" for none. */
  function participant(test) {
    const { participant: name } = configured(test);
    return name ? parameter(name) : "";
  }

  /* The session of the plan, from 1, for the next listener; null where all get all trials. The
   * address may name it, the server hands them out in turn, else it is drawn. Beyond the last, they
   * begin anew. */
  function planned(test, server, seed, before) {
    const sessions = (test.sessions || []).length;
    if (!sessions) return null;
    const asked = Number(parameter("plan"));
    if (Number.isInteger(asked) && asked >= 1) return ((asked - 1) % sessions) + 1;
    const turn = server && server.plan ? server.plan - 1 + before : Mushra.hash(seed + "/plan");
    return (turn % sessions) + 1;
  }

  /* Paragraphs of a configured text, or of our own words. */
  function paragraphs(text, attributes) {
    const parts = text.split(/\n\s*\n/).filter((part) => part.trim());
    return parts.map((part) => Mushra.element("p", attributes || {}, part.trim()));
  }

  Object.assign(Mushra, { configured, line, participant, planned, paragraphs });
})((window.Mushra = window.Mushra || {}));
