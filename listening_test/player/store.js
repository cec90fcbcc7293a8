/* What a listener has said: kept in the browser on every change.
 *
 * A session is one listener's run through one test, stored under its own name, so that several
 * listeners can share a browser: a download has all of them. One tab at a time owns the store;
 * another one that comes later takes it over, and the former tab then writes nothing more.
 *
 * A finished trial is a record. One that is not is a draft (`complete: false`), part of a download.
 */
(function (Mushra) {
  "use strict";

  const SCHEMA = 1;
  const RECENT_MINUTES = 30; // a page that is reloaded later may have another listener

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
      this.configuration = Mushra.configured(test);
      this.participant = Mushra.participant(test);
      this.restarts = 0;
      this.prefix = "nscbench-mushra/" + test.test + "/";
      this.tab = uuid();
      this.durable = this.works();
      this.take();
      this.admit();
      this.unsure = this.isUnsure();
      if (!this.unsure) this.claim();
      window.addEventListener("storage", (event) => {
        if (event.key === this.prefix + "tab" && event.newValue !== this.tab) this.emit("lost");
      });
    }

    works() {
      try {
        this.storage = window.localStorage;
        this.storage.setItem(this.prefix + "probe", "1");
        this.storage.removeItem(this.prefix + "probe");
        return true;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        this.memory = new Map(this.readable());
        this.storage = {
          getItem: (key) => this.memory.get(key) || null,
          setItem: (key, value) => this.memory.set(key, value),
        };
        return false;
      }
    }

    /* What a storage has that is full, so that nothing more can be written to it. */
    readable() {
      try {
        return Object.entries(window.localStorage);
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        return [];
      }
    }

    /* Become the tab that writes, and read what is there. */
    take() {
      this.storage.setItem(this.prefix + "tab", this.tab);
      const own = this.session ? this.session.session : this.storage.getItem(this.prefix + "active");
      this.all = this.merged();
      this.session = this.all.get(own) || this.session || this.fresh();
      this.all.set(this.session.session, this.session);
    }

    /* Where the address names a participant, theirs is the session: the one begun before, or a new one. */
    admit() {
      if (!this.participant || this.session.participant === this.participant) return;
      if (!this.session.saved) this.all.delete(this.session.session);
      const own = [...this.all.values()].filter((session) => session.participant === this.participant);
      this.session = own.sort((a, b) => a.saved - b.saved).at(-1) || this.fresh();
      this.all.set(this.session.session, this.session);
    }

    /* Sessions that this tab knows and stored ones, each in its later state: where the storage is
     * full, or another tab had it, either may be behind. */
    merged() {
      const all = new Map(this.all || []);
      for (const [id, session] of this.read()) {
        if (!all.has(id) || session.saved >= all.get(id).saved) all.set(id, session);
      }
      return all;
    }

    /* Every stored session by its id; what an earlier version of this file did not store is added.
     * One that cannot be read stays where it is, and stops no other. */
    read() {
      const start = this.prefix + "session/";
      const keys = this.memory ? [...this.memory.keys()] : Object.keys(this.storage);
      const found = new Map();
      for (const key of keys.filter((one) => one.startsWith(start))) {
        try {
          const stored = JSON.parse(this.storage.getItem(key));
          const session = { ...this.fresh(), plan: null, participant: "", ...stored };
          found.set(session.session, session);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }
      return found;
    }

    get owned() {
      return this.storage.getItem(this.prefix + "tab") === this.tab;
    }

    /* May the listener who began be another than the one who is here now? Not where the page was
     * only reloaded. */
    isUnsure() {
      if (this.session.page === "welcome") return false;
      if (this.participant && this.session.participant === this.participant) return false;
      const recent = Math.abs(Date.now() - this.session.saved) < 60000 * RECENT_MINUTES;
      return !(recent && this.claimed() === this.session.session);
    }

    claimed() {
      try {
        return window.sessionStorage.getItem(this.prefix + "here");
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        return null;
      }
    }

    /* This tab's listener is the session's: told to what survives a reload, but not the tab. */
    claim() {
      this.unsure = false;
      try {
        window.sessionStorage.setItem(this.prefix + "here", this.session.session);
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
      }
    }

    fresh() {
      const seed = crypto.getRandomValues(new Uint32Array(1))[0];
      return {
        listener: uuid().slice(0, 8),
        session: uuid(),
        seed,
        plan: Mushra.planned(this.test, this.server, seed, this.restarts),
        participant: this.participant,
        consent: "", // when it was given
        page: "welcome",
        position: 0,
        volume: 0.7,
        headphones: null,
        tries: 0, // of the headphone check
        questionnaire: {},
        trials: {},
        block: null, // of the test's, where it has some: decided at the beginning
        sent: [], // ids of records
        drafted: {}, // by trial: the state that was sent last
        saved: 0, // when, in ms; after a clock was set back, later than that
      };
    }

    /* The next listener on this computer; the former sessions stay, and go on being sent. */
    restart() {
      this.write(this.session);
      this.restarts += 1;
      this.adopt({ ...this.fresh(), language: this.session.language });
    }

    /* Let this session be the present one. */
    adopt(session) {
      this.session = session;
      this.all.set(session.session, session);
      this.claim();
      this.save();
    }

    /* Trials in a listener's order: training first, then the plan's, or all or the block's from
     * the seed. */
    trials(session = this.session) {
      const { trials, blocks } = this.test;
      const block = blocks && session.block !== null ? blocks[session.block] : null;
      const training = trials.filter((trial) => trial.training);
      const rated = trials.filter((trial) => !trial.training && (!block || block.includes(trial.trial)));
      if (session.plan) {
        const own = this.test.sessions[session.plan - 1];
        return training.concat(own.map((id) => rated.find(({ trial }) => trial === id)));
      }
      return training.concat(shuffled(rated, session.seed, "trials"));
    }

    /* Stimuli of a trial in a listener's order; beside MUSHRA, the trial itself is of an order. */
    order(trial, session = this.session) {
      if (this.test.kind) return trial.stimuli;
      return shuffled(trial.stimuli, session.seed, trial.trial);
    }

    /* What is known of a trial so far. */
    progress(trial) {
      const trials = this.session.trials;
      if (!trials[trial.trial]) {
        trials[trial.trial] = {
          scores: {}, answer: null, plays: {}, ends: {}, seconds: {}, duration: 0, comment: "",
        };
      }
      return trials[trial.trial];
    }

    save() {
      if (!this.owned) {
        this.emit("lost");
        return;
      }
      this.session.saved = Math.max(Date.now(), this.session.saved + 1); // later, whoever sets the clock
      this.write(this.session);
      this.emit("change");
    }

    write(session) {
      try {
        this.storage.setItem(this.prefix + "active", this.session.session);
        this.storage.setItem(this.prefix + "session/" + session.session, JSON.stringify(session));
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        this.durable = false; // full, or closed to us: the page says so, the download still works
      }
    }

    /* Turn a finished trial into a record and go on to the next page, in one save: whatever
     * happens in between, a trial has one record. */
    complete(trial) {
      const trials = this.trials();
      const session = this.session;
      this.progress(trial);
      session.trials[trial.trial].record = this.recordOf(session, trial, true);
      do session.position += 1;
      while (session.position < trials.length && Mushra.isDecided(this.test, session, trials, trials[session.position]));
      if (session.position === trials.length) session.page = "finish";
      this.save();
    }

    /* What is told of a trial: a record once it is finished, a draft until then. */
    recordOf(session, trial, complete) {
      const progress = session.trials[trial.trial];
      const order = this.order(trial, session);
      return {
        schema: SCHEMA,
        test: this.test.test,
        listener: session.listener,
        session: session.session,
        trial: trial.trial,
        training: trial.training,
        complete,
        record: uuid(),
        time: new Date().toISOString(),
        order,
        ...Mushra.contentOf(this.test, session, trial, progress, order),
        questionnaire: { ...session.questionnaire, headphones: session.headphones },
        seed: session.seed,
        position: this.trials(session).indexOf(trial),
        duration: rounded(progress.duration),
        comment: progress.comment,
        ...(session.plan && { plan: session.plan }),
        ...(session.participant && { participant: session.participant }),
        ...(session.consent && { consent: session.consent }),
      };
    }

    /* Trials of a session that have something to tell, in the listener's order. */
    begun(session) {
      return this.trials(session).filter(({ trial }) => session.trials[trial] && hasBegun(session.trials[trial]));
    }

    /* Records of every listener who took this test in this browser, and drafts of their
     * unfinished trials. Who was here last is last: a storage has no order of its own. */
    everything() {
      const sessions = [...(this.owned ? this.all : this.merged()).values()];
      return sessions.sort((a, b) => a.saved - b.saved).flatMap((session) =>
        this.begun(session).map(
          (trial) => session.trials[trial.trial].record || this.recordOf(session, trial, false)
        )
      );
    }

    emit(name) {
      this.dispatchEvent(new Event(name));
    }
  }

  function hasBegun({ record, scores, comment, answer = null }) {
    return Boolean(record || comment || answer !== null || Object.keys(scores).length);
  }

  function rounded(seconds) {
    return Math.round(1000 * (seconds || 0)) / 1000;
  }

  Object.assign(Mushra, { Store, hash, shuffled, rounded });
})((window.Mushra = window.Mushra || {}));
