/* Sample-exact switching between looping signals on one clock.
 *
 * All signals start together as looping AudioBufferSourceNodes and never stop while playing; a
 * switch only moves gains: 5 ms raised cosine out of the old signal, then 5 ms into the new one,
 * so that two signals never sound at once (ITU-R BS.1534-3). Every event falls on a whole frame.
 * The borders of the loop fade in the same way; the fades are in the looped buffers.
 *
 * Works on an AudioContext and on an OfflineAudioContext alike. Positions are frames.
 */
(function (Mushra) {
  "use strict";

  const FADE_SECONDS = 0.005;
  const LOOKAHEAD_SECONDS = 0.01; // events in the past would be moved to a frame we do not know
  const SHORTEST_LOOP_SECONDS = 0.5;
  const QUANTUM_FRAMES = 128; // rendered at once; Chromium misplaces two curves of a gain within it

  function raisedCosine(frames) {
    return Float32Array.from({ length: frames + 1 }, (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * i) / frames));
  }

  class Engine {
    /* signals: Float32Arrays of one length, by id. */
    constructor(context, signals, destination) {
      this.context = context;
      this.rate = context.sampleRate;
      this.signals = signals;
      this.length = Object.values(signals)[0].length;
      this.output = destination || context.destination;
      this.fade = Math.round(FADE_SECONDS * this.rate);
      this.up = raisedCosine(this.fade);
      this.down = this.up.slice().reverse();
      this.from = 0;
      this.to = this.length;
      this.current = null; // id of what sounds
      this.voices = null; // while playing: {sources, gains}
      this.origin = 0; // context frame at which the loop's first frame plays
      this.rest = 0; // where a paused signal goes on, in frames of the loop
      this.free = 0; // first context frame without a scheduled fade
    }

    get playing() {
      return this.voices !== null;
    }

    /* Frame of the signal that sounds at a context time, now by default. */
    position(seconds) {
      if (!this.playing) return this.from + this.rest;
      const frame = Math.round((seconds === undefined ? this.context.currentTime : seconds) * this.rate);
      return this.from + modulo(frame - this.origin, this.to - this.from);
    }

    /* Start, or switch to, a signal. */
    play(id, seconds) {
      if (!(id in this.signals)) throw new Error("no signal " + id);
      if (!this.playing) {
        const frame = this.frameFor(seconds);
        this.start(frame, this.rest);
        this.fadeTo(id, frame);
      } else if (id !== this.current) {
        const frame = this.frameFor(seconds);
        this.fadeFrom(frame);
        this.fadeTo(id, frame + this.fade);
      }
    }

    pause(seconds) {
      if (!this.playing) return;
      const frame = this.frameFor(seconds);
      this.fadeFrom(frame);
      this.rest = modulo(frame + this.fade - this.origin, this.to - this.from);
      this.stop(frame + this.fade);
      this.current = null;
    }

    /* Loop over the frames [from, to); they become at least half a second within the signal. */
    loop(from, to, seconds) {
      const shortest = Math.min(this.length, Math.round(SHORTEST_LOOP_SECONDS * this.rate));
      const first = clamp(Math.round(from), 0, this.length - shortest);
      const end = clamp(Math.round(to), first + shortest, this.length);
      if (first === this.from && end === this.to) return;
      this.rebuild(() => {
        const position = this.from + this.rest;
        this.from = first;
        this.to = end;
        this.rest = position >= first && position < end ? position - first : 0;
      }, seconds);
    }

    /* Go on at a frame of the signal; outside the loop, at its start. */
    seek(frame, seconds) {
      this.rebuild(() => {
        this.rest = frame >= this.from && frame < this.to ? Math.round(frame) - this.from : 0;
      }, seconds);
    }

    rebuild(change, seconds) {
      const id = this.current;
      this.pause(seconds);
      change();
      if (id === null) return;
      this.start(this.free, this.rest);
      this.fadeTo(id, this.free);
    }

    start(frame, offset) {
      const sources = [];
      const gains = {};
      for (const [id, signal] of Object.entries(this.signals)) {
        const source = this.context.createBufferSource();
        const gain = this.context.createGain();
        source.buffer = this.looped(signal);
        source.loop = true;
        gain.gain.setValueAtTime(0, 0);
        source.connect(gain).connect(this.output);
        source.start(frame / this.rate, offset / this.rate);
        sources.push(source);
        gains[id] = gain.gain;
      }
      this.voices = { sources, gains };
      this.origin = frame - offset;
    }

    stop(frame) {
      for (const source of this.voices.sources) source.stop(frame / this.rate);
      this.voices = null;
    }

    looped(signal) {
      const part = signal.slice(this.from, this.to);
      for (let i = 0; i < this.fade; i++) {
        part[i] *= this.up[i];
        part[part.length - 1 - i] *= this.up[i];
      }
      const buffer = this.context.createBuffer(1, part.length, this.rate);
      buffer.copyToChannel(part, 0);
      return buffer;
    }

    fadeFrom(frame) {
      this.ramp(this.voices.gains[this.current], this.down, frame);
    }

    fadeTo(id, frame) {
      this.ramp(this.voices.gains[id], this.up, frame);
      this.current = id;
    }

    ramp(gain, curve, frame) {
      gain.setValueCurveAtTime(curve, frame / this.rate, this.fade / this.rate);
      this.free = frame + this.fade + QUANTUM_FRAMES;
    }

    /* First whole frame at or after a time, and after what is scheduled. */
    frameFor(seconds) {
      const soon = seconds === undefined ? this.context.currentTime + LOOKAHEAD_SECONDS : seconds;
      return Math.max(Math.ceil(soon * this.rate - 1e-6), this.free);
    }
  }

  function modulo(value, by) {
    return ((value % by) + by) % by;
  }

  function clamp(value, low, high) {
    return Math.min(Math.max(value, low), high);
  }

  /* Bytes of a base64 text. */
  function bytesOf(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }

  /* Signals by id from base64 FLAC by id, of so many frames each. A context at the files' rate keeps
   * every sample. */
  async function decode(context, encoded, frames, rate) {
    const signals = {};
    for (const [id, base64] of Object.entries(encoded)) {
      const buffer = await context.decodeAudioData(bytesOf(base64).buffer);
      const expected = typeof frames === "number" ? frames : frames[id];
      if (context.sampleRate === rate && buffer.length !== expected) {
        throw new Error(`${id}: ${buffer.length} frames instead of ${expected}`);
      }
      signals[id] = buffer.getChannelData(0);
    }
    return signals;
  }

  /* A context at the files' rate; a browser that refuses the rate resamples while decoding. */
  function contextAt(rate) {
    const Context = window.AudioContext || window.webkitAudioContext;
    try {
      return new Context({ sampleRate: rate, latencyHint: "interactive" });
    } catch (error) {
      if (error.name !== "NotSupportedError") throw error;
      return new Context();
    }
  }

  Object.assign(Mushra, { Engine, FADE_SECONDS, raisedCosine });
  Mushra.decode = decode;
  Mushra.contextAt = contextAt;
})((window.Mushra = window.Mushra || {}));
