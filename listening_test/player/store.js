/* What a listener has said: kept in the browser on every change, sent when there is a server.
 *
 * A session is one listener's run through one test, stored under its own name, so that several
 * listeners can share a browser. One tab at a time owns the store; another one that comes later
 * takes it over, and the former tab then writes nothing more.
 */
(function (Mushra) {
  "use strict";

  const SCHEMA = 1;
  const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];
  const POST_TIMEOUT_SECONDS = 10;

  /* 32-bit FNV-1a hash of a text's UTF-8 bytes. */
  function hash(text) {
    let value = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) {
      value = Math.imul(value ^ byte, 0x01000193);
    }
    return value >>> 0;
  }

  /* Mulberry32: uniform numbers in [0, 1) from a 32-bit seed. */
  function random(seed) {
    let state = seed >>> 0;
    return function () {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  /* Fisher-Yates, from the seed and a word: the same order on every reload. */
  function shuffled(values, seed, word) {
    const draw = random(hash(seed + "/" + word));
    const order = values.slice();
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  class Store extends EventTarget {
    constructor(test, server) {
      super();
      this.test = test;
      this.server = server;
      this.prefix = "nscbench-mushra/" + test.test + "/";
      this.tab = uuid();
      this.durable = this.works();
      this.failures = 0;
      this.timer = null;
      this.sending = false;
      this.take();
      window.addEventListener("storage", (event) => {
        if (event.key === this.prefix + "tab" && event.newValue !== this.tab) this.emit("lost");
      });
      window.addEventListener("online", () => this.send());
    }

    works() {
      try {
        this.storage = window.localStorage;
        this.storage.setItem(this.prefix + "probe", "1");
        this.storage.removeItem(this.prefix + "probe");
        return true;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        const memory = new Map();
        this.storage = {
          getItem: (key) => memory.get(key) || null,
          setItem: (key, value) => memory.set(key, value),
        };
        this.memory = memory;
        return false;
      }
    }

    /* Become the tab that writes, and read what is there. */
    take() {
      this.storage.setItem(this.prefix + "tab", this.tab);
      const active = this.storage.getItem(this.prefix + "active");
      const kept = active && this.storage.getItem(this.prefix + "session/" + active);
      this.session = kept ? JSON.parse(kept) : this.fresh();
    }

    get owned() {
      return this.storage.getItem(this.prefix + "tab") === this.tab;
    }

    fresh() {
      const seed = crypto.getRandomValues(new Uint32Array(1))[0];
      return {
        listener: uuid().slice(0, 8),
        session: uuid(),
        seed,
        page: "welcome",
        position: 0,
        volume: 0.7,
        headphones: null,
        questionnaire: {},
        trials: {},
        sent: [],
        refused: {},
      };
    }

    /* The next listener on this computer; the former sessions stay. */
    restart() {
      this.session = this.fresh();
      this.save();
    }

    /* Trials in this listener's order: training first, then the others from the seed. */
    trials() {
      const training = this.test.trials.filter((trial) => trial.training);
      const rated = this.test.trials.filter((trial) => !trial.training);
      return training.concat(shuffled(rated, this.session.seed, "trials"));
    }

    /* Stimuli of a trial in this listener's order. */
    order(trial) {
      return shuffled(trial.stimuli, this.session.seed, trial.trial);
    }

    /* What is known of a trial so far. */
    progress(trial) {
      const trials = this.session.trials;
      if (!trials[trial.trial]) {
        trials[trial.trial] = { scores: {}, plays: {}, seconds: {}, duration: 0, comment: "" };
      }
      return trials[trial.trial];
    }

    save() {
      if (!this.owned) {
        this.emit("lost");
        return;
      }
      try {
        this.storage.setItem(this.prefix + "active", this.session.session);
        this.storage.setItem(this.prefix + "session/" + this.session.session, JSON.stringify(this.session));
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        this.durable = false; // full, or closed to us: the page says so, the download still works
      }
      this.emit("change");
    }

    /* Turn a finished trial into a record and go on to the next page, in one save: whatever
     * happens in between, a trial has one record. */
    complete(trial) {
      const trials = this.trials();
      const session = this.session;
      this.progress(trial).record = this.recordOf(trial, trials.indexOf(trial));
      session.position += 1;
      if (session.position === trials.length) session.page = "finish";
      this.save();
      this.send();
    }

    recordOf(trial, position) {
      const progress = this.progress(trial);
      const order = this.order(trial);
      const session = this.session;
      return {
        schema: SCHEMA,
        test: this.test.test,
        listener: session.listener,
        session: session.session,
        trial: trial.trial,
        training: trial.training,
        record: uuid(),
        time: new Date().toISOString(),
        order,
        ratings: order.map((stimulus) => ({
          stimulus,
          score: progress.scores[stimulus],
          plays: progress.plays[stimulus],
          seconds: round(progress.seconds[stimulus]),
        })),
        questionnaire: { ...session.questionnaire, headphones: session.headphones },
        seed: session.seed,
        position,
        duration: round(progress.duration),
        reference_plays: progress.plays[trial.reference] || 0,
        comment: progress.comment,
      };
    }

    records(session) {
      return Object.values(session.trials)
        .map((trial) => trial.record)
        .filter(Boolean);
    }

    /* Records of every listener who took this test in this browser. */
    everything() {
      const start = this.prefix + "session/";
      const keys = this.memory ? [...this.memory.keys()] : Object.keys(this.storage);
      const sessions = keys
        .filter((key) => key.startsWith(start))
        .map((key) => JSON.parse(this.storage.getItem(key)))
        .filter((session) => session.session !== this.session.session);
      return [...sessions, this.session].flatMap((session) => this.records(session));
    }

    waiting() {
      const { sent, refused } = this.session;
      return this.records(this.session).filter(({ record }) => !sent.includes(record) && !(record in refused));
    }

    /* Post what waits, one after the other, again and again until the server has it. */
    async send() {
      if (!this.server || this.sending || !this.owned) return;
      clearTimeout(this.timer);
      this.sending = true;
      const session = this.session;
      let next;
      while (this.session === session && (next = this.waiting()[0])) {
        const answer = await this.post(next);
        if (answer === "sent") {
          session.sent.push(next.record);
        } else if (answer !== "later") {
          session.refused[next.record] = answer;
        } else {
          break;
        }
        this.failures = 0;
        this.save();
      }
      this.sending = false;
      if (this.waiting().length) {
        const pause = RETRY_SECONDS[Math.min(this.failures++, RETRY_SECONDS.length - 1)];
        this.timer = setTimeout(() => this.send(), 1000 * pause);
      }
      this.emit("change");
    }

    /* "sent"; "later" where trying again may help; else the server's reason. */
    async post(record) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), 1000 * POST_TIMEOUT_SECONDS);
      try {
        const response = await fetch(this.server.records, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(record),
          signal: abort.signal,
        });
        if (response.ok) return "sent";
        return [400, 409, 413].includes(response.status) ? (await response.text()).slice(0, 200) : "later";
      } catch (error) {
        if (error instanceof TypeError || error.name === "AbortError") return "later";
        throw error;
      } finally {
        clearTimeout(timer);
      }
    }

    emit(name) {
      this.dispatchEvent(new Event(name));
    }
  }

  function round(seconds) {
    return Math.round(1000 * (seconds || 0)) / 1000;
  }

  Mushra.Store = Store;
  Mushra.shuffled = shuffled;
})((window.Mushra = window.Mushra || {}));
