/* Where the sound goes: one audio context, its volume, and what stops it from outside.
 *
 * A system suspends a context without asking: for a call, another application, a device that is
 * gone. The page would go on saying that it plays, and take ratings of silence. So the context's
 * state is listened to, and its clock looked at: there are devices that die without a word.
 */
(function (Mushra) {
  "use strict";

  const { element, word } = Mushra;
  const WAKE_SECONDS = 2; // a context that does not start within these does not start
  const LOOK_SECONDS = 0.25;
  const DEAD_SECONDS = 1; // without a tick of the context's clock

  class Output extends EventTarget {
    /* `rate` of the files, in Hz; `volume` tells the slider's position, 0 to 1. */
    constructor(rate, volume) {
      super();
      this.rate = rate;
      this.volume = volume;
      this.made = null;
      setInterval(() => this.look(), 1000 * LOOK_SECONDS);
    }

    get context() {
      if (!this.made) {
        // Safari: as music, which sounds in silent mode, too
        if (navigator.audioSession) navigator.audioSession.type = "playback";
        const context = Mushra.contextAt(this.rate);
        const gain = context.createGain();
        gain.connect(context.destination);
        context.addEventListener("statechange", () => {
          if (this.made && context === this.made.context && context.state !== "running") this.stopped();
        });
        this.made = { context, gain };
        this.setVolume();
      }
      return this.made.context;
    }

    /* What is to be heard is connected to this. */
    get node() {
      return this.context && this.made.gain;
    }

    /* The slider's square is the gain: closer to how loud it seems than the gain itself. */
    setVolume() {
      if (this.made) this.made.gain.gain.value = this.volume() ** 2;
    }

    /* Does it sound now? Told within `WAKE_SECONDS`, for some browsers never answer. */
    async wake() {
      const { context } = this;
      const late = new Promise((resolve) => setTimeout(resolve, 1000 * WAKE_SECONDS));
      await Promise.race([context.resume().catch(() => {}), late]); // the state tells what came of it
      return context.state === "running";
    }

    /* Let go of the context; the next one is made when it is needed. */
    renew() {
      const former = this.made;
      this.made = null;
      if (former && former.context.state !== "closed") former.context.close();
    }

    look() {
      const running = this.made && this.made.context.state === "running";
      const tick = running ? this.made.context.currentTime : null;
      if (tick === null || tick !== this.tick) {
        this.tick = tick;
        this.ticked = performance.now();
      } else if (performance.now() - this.ticked > 1000 * DEAD_SECONDS) {
        this.stopped();
      }
    }

    stopped() {
      this.dispatchEvent(new Event("stopped"));
    }
  }

  /* What listeners with an iPhone or iPad must know, null for others. An iPad says it is a Mac. */
  function ringerHint() {
    const { platform, maxTouchPoints } = navigator;
    const isMobile = /^iP(hone|ad|od)/.test(platform) || (platform === "MacIntel" && maxTouchPoints > 1);
    return isMobile ? element("p", { class: "ringer" }, word("sound.ringer")) : null;
  }

  Mushra.Output = Output;
  Mushra.ringerHint = ringerHint;
})((window.Mushra = window.Mushra || {}));
