/* Sends what the store has to the server, where there is one.
 *
 * Every finished trial is posted until the server has it; one that fails is tried again, later and
 * later, and stops no other. Drafts of unfinished trials go the same way, now and then, so that the
 * ratings of a listener who quits are not left in a browser. Who took the test before in this
 * browser is not forgotten, either. Waits are measured by a clock that nobody sets.
 */
(function (Mushra) {
  "use strict";

  const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];
  const REFUSED_SECONDS = 300; // another server may answer by then, and take it
  const DRAFT_SECONDS = 10; // between two drafts of a trial
  const POST_TIMEOUT_SECONDS = 10;

  class Sender {
    constructor(store, server) {
      this.store = store;
      this.server = server;
      this.attempts = new Map(); // by key: failures, when the next is due; why, and refused or not
      this.timer = null;
      this.busy = false;
      store.addEventListener("change", () => this.schedule());
      window.addEventListener("online", () => {
        this.attempts.clear();
        this.send();
      });
      document.addEventListener("visibilitychange", () => document.hidden && this.part());
      this.schedule();
    }

    /* What the server does not have: the present listener's first, records before drafts. */
    waiting() {
      const { all, session } = this.store;
      const sessions = [session, ...[...all.values()].filter((other) => other !== session)];
      const left = sessions
        .flatMap((of) => this.store.begun(of).map((trial) => entry(of, trial)))
        .filter((one) => !one.sent);
      return [...left.filter((one) => one.record), ...left.filter((one) => !one.record)];
    }

    /* What waits because sending it failed, and why. */
    failing() {
      return this.waiting()
        .map((one) => ({ ...one, ...this.attempts.get(one.key) }))
        .filter((one) => one.failures);
    }

    dueAt({ key }) {
      return this.attempts.has(key) ? this.attempts.get(key).due : 0;
    }

    /* Post what is due, one after the other. */
    async send() {
      if (!this.server || this.busy) return;
      this.busy = true;
      const due = () =>
        this.store.owned && this.waiting().find((one) => this.dueAt(one) <= performance.now());
      for (let next = due(); next; next = due()) await this.deliver(next);
      this.busy = false;
      this.schedule();
    }

    schedule() {
      if (!this.server || this.busy || !this.store.owned) return;
      clearTimeout(this.timer);
      const times = this.waiting().map((one) => this.dueAt(one));
      if (!times.length) return;
      this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(...times) - performance.now()));
    }

    /* The page may be closed: send its draft without awaiting what else is under way. */
    part() {
      if (!this.server || !this.store.owned) return;
      const { session } = this.store;
      const draft = this.waiting().find((one) => one.session === session && !one.record);
      if (draft) this.deliver(draft);
    }

    async deliver({ session, trial, record, key, state }) {
      const answer = await this.post(record || this.store.recordOf(session, trial, false));
      if (!this.store.owned) return;
      if (answer.sent) {
        const kept = this.store.all.get(session.session); // read anew, it may be another object
        if (record) kept.sent.push(key);
        else kept.drafted[trial.trial] = state;
        this.store.write(kept);
        this.attempts.set(key, { failures: 0, due: performance.now() + 1000 * DRAFT_SECONDS });
      } else {
        const failures = (this.attempts.get(key) || { failures: 0 }).failures + 1;
        const pause = RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length) - 1];
        const due = performance.now() + 1000 * (answer.refused ? REFUSED_SECONDS : pause);
        this.attempts.set(key, { failures, due, why: answer.why, refused: answer.refused });
      }
      this.store.emit("change");
    }

    /* Did the server take it? If not: its reason, "" where there was no answer, and whether it
     * refused the record itself. Our server's answer to what it has is empty: a page that some
     * network puts in its place is none. */
    async post(record) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), 1000 * POST_TIMEOUT_SECONDS);
      try {
        const response = await fetch(this.server.records, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(record),
          signal: abort.signal,
          keepalive: true, // also when the page is closed
        });
        const text = await response.text();
        if (response.ok && !text && !response.redirected) return { sent: true };
        const plain = (response.headers.get("Content-Type") || "").startsWith("text/plain");
        const why = (plain && text.slice(0, 200)) || "HTTP " + response.status;
        return { sent: false, why, refused: [400, 409, 413].includes(response.status) };
      } catch (error) {
        if (!(error instanceof TypeError || error.name === "AbortError")) throw error;
        return { sent: false, why: "", refused: false };
      } finally {
        clearTimeout(timer);
      }
    }
  }

  /* A begun trial: what names it, and whether the server has it in this state. */
  function entry(session, trial) {
    const { record, scores, comment, answer } = session.trials[trial.trial];
    if (record) {
      return { session, trial, record, key: record.record, sent: session.sent.includes(record.record) };
    }
    const state = JSON.stringify([scores, comment, answer]);
    const key = session.session + "/" + trial.trial;
    return { session, trial, record: null, key, state, sent: session.drafted[trial.trial] === state };
  }

  Mushra.Sender = Sender;
})((window.Mushra = window.Mushra || {}));
