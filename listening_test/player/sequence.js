/* Signals that are heard once, one after the other, to the end.
 *
 * Nothing can be paused or sought: a category is given to the whole of what was heard. The borders
 * of every signal fade over 5 ms, as in the engine.
 */
(function (Mushra) {
  "use strict";

  const GAP_SECONDS = 0.5; // between two signals
  const AHEAD_SECONDS = 0.05;

  class Sequence {
    /* `ids` in the order heard; `ended(id, seconds, whole)` is told of each when it stops. */
    constructor(context, signals, ids, destination, ended) {
      this.context = context;
      this.signals = signals;
      this.ids = ids;
      this.destination = destination;
      this.ended = ended;
      this.voices = null; // while playing: {source, id, start, end}, in seconds of the context
    }

    get playing() {
      return this.voices !== null;
    }

    /* Id of what sounds now; null in a gap, and when nothing plays. */
    get current() {
      const now = this.context.currentTime;
      const voice = (this.voices || []).find(({ start, end }) => start <= now && now < end);
      return voice ? voice.id : null;
    }

    play() {
      this.stop();
      let start = this.context.currentTime + AHEAD_SECONDS;
      this.voices = this.ids.map((id) => {
        const source = this.context.createBufferSource();
        source.buffer = this.faded(this.signals[id]);
        source.connect(this.destination);
        source.start(start);
        const voice = { source, id, start, end: start + source.buffer.duration };
        source.addEventListener("ended", () => this.finish(voice));
        start = voice.end + GAP_SECONDS;
        return voice;
      });
    }

    finish(voice) {
      if (!this.voices || !this.voices.includes(voice)) return; // stopped before
      const last = this.voices.at(-1) === voice;
      if (last) this.voices = null;
      this.ended(voice.id, voice.end - voice.start, true);
    }

    /* Stop; what has sounded in part is told. */
    stop() {
      const voices = this.voices || [];
      const now = this.context.currentTime;
      this.voices = null;
      for (const { source, id, start, end } of voices) {
        source.stop();
        if (start < now && now < end) this.ended(id, now - start, false);
      }
    }

    faded(signal) {
      const { sampleRate } = this.context;
      const length = Math.round(Mushra.FADE_SECONDS * sampleRate);
      const faded = signal.slice();
      Mushra.raisedCosine(length).slice(0, length).forEach((gain, i) => {
        faded[i] *= gain;
        faded[faded.length - 1 - i] *= gain;
      });
      const buffer = this.context.createBuffer(1, faded.length, sampleRate);
      buffer.copyToChannel(faded, 0);
      return buffer;
    }
  }

  Mushra.Sequence = Sequence;
})((window.Mushra = window.Mushra || {}));
