/* The reference's waveform: a playhead, and a loop that is dragged or moved with the keyboard. */
(function (Mushra) {
  "use strict";

  const { element, word } = Mushra;
  const DRAG_PIXELS = 5; // less is a click
  const STEP_SECONDS = 0.1;

  class Waveform {
    /* `engine` plays; `changed` is called when the loop was moved. */
    constructor(engine, signal, changed) {
      this.engine = engine;
      this.signal = signal;
      this.changed = changed;
      this.canvas = element("canvas", { "aria-hidden": "true" });
      this.playhead = element("div", { class: "playhead" });
      this.region = element("div", { class: "region" });
      this.handles = ["start", "end"].map((side) => this.handle(side));
      this.element = element("div", { class: "waveform", title: word("trial.waveform") },
        this.canvas, this.region, this.playhead, this.handles);
      this.element.addEventListener("pointerdown", (event) => this.press(event));
      this.resizing = new ResizeObserver(() => this.draw());
      this.resizing.observe(this.element);
      this.show();
    }

    handle(side) {
      const made = element("div", {
        class: "handle " + side,
        role: "slider",
        tabindex: "0",
        "aria-label": word("trial.loop." + side),
        "aria-valuemin": "0",
        "aria-valuemax": this.seconds(this.engine.length),
      });
      made.addEventListener("keydown", (event) => {
        const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
        if (!direction) return;
        event.preventDefault();
        event.stopPropagation();
        this.move(side, this.edge(side) + direction * STEP_SECONDS * this.engine.rate);
      });
      return made;
    }

    edge(side) {
      return side === "start" ? this.engine.from : this.engine.to;
    }

    /* Move one border; the other one stays, at least half a second away. */
    move(side, frame) {
      const gap = Math.round(0.5 * this.engine.rate);
      const { from, to } = this.engine;
      if (side === "start") this.set(Math.max(0, Math.min(frame, to - gap)), to);
      else this.set(from, Math.max(frame, from + gap));
    }

    set(from, to) {
      this.engine.loop(from, to);
      this.show();
      this.changed();
    }

    frameAt(event) {
      const box = this.element.getBoundingClientRect();
      const share = (event.clientX - box.left) / box.width;
      return Math.min(Math.max(share, 0), 1) * this.engine.length;
    }

    press(event) {
      if (event.button !== 0) return;
      const handle = this.handles.indexOf(event.target);
      const begin = event.clientX;
      const anchor = handle === 0 ? this.engine.to : handle === 1 ? this.engine.from : this.frameAt(event);
      let dragged = false;
      const shift = (moved) => {
        dragged = dragged || handle >= 0 || Math.abs(moved.clientX - begin) >= DRAG_PIXELS;
        if (dragged) this.paint(...ordered(anchor, this.frameAt(moved)));
      };
      const release = (moved) => {
        this.element.removeEventListener("pointermove", shift);
        this.element.removeEventListener("pointerup", release);
        this.element.removeEventListener("pointercancel", release);
        if (moved.type === "pointercancel") this.show();
        else if (dragged) this.set(...ordered(anchor, this.frameAt(moved)));
        else if (handle < 0) this.engine.seek(anchor);
      };
      this.element.setPointerCapture(event.pointerId);
      this.element.addEventListener("pointermove", shift);
      this.element.addEventListener("pointerup", release);
      this.element.addEventListener("pointercancel", release);
    }

    show() {
      const { from, to } = this.engine;
      this.paint(from, to);
      this.handles.forEach((handle, index) => {
        const seconds = this.seconds(index ? to : from);
        handle.setAttribute("aria-valuenow", seconds);
        handle.setAttribute("aria-valuetext", word("trial.loop.value", { seconds }));
      });
    }

    paint(from, to) {
      const percent = (frame) => `${(100 * frame) / this.engine.length}%`;
      this.region.style.left = this.handles[0].style.left = percent(from);
      this.region.style.width = percent(to - from);
      this.handles[1].style.left = percent(to);
    }

    tick() {
      this.playhead.style.left = `${(100 * this.engine.position()) / this.engine.length}%`;
    }

    seconds(frame) {
      return (frame / this.engine.rate).toFixed(1);
    }

    /* Peaks of every column of pixels. */
    draw() {
      const scale = window.devicePixelRatio || 1;
      const width = Math.round(this.element.clientWidth * scale);
      const height = Math.round(this.element.clientHeight * scale);
      if (!width || !height) return;
      this.canvas.width = width;
      this.canvas.height = height;
      const peaks = columnPeaks(this.signal, width);
      const loudest = Math.max(1e-6, ...peaks);
      const paint = this.canvas.getContext("2d");
      paint.fillStyle = getComputedStyle(this.element).color;
      peaks.forEach((peak, x) => {
        const reach = Math.max(1, (0.46 * height * peak) / loudest);
        paint.fillRect(x, height / 2 - reach, 1, 2 * reach);
      });
    }

    close() {
      this.resizing.disconnect();
    }
  }

  function columnPeaks(signal, columns) {
    return Array.from({ length: columns }, (_, x) => {
      let peak = 0;
      const end = Math.floor(((x + 1) * signal.length) / columns);
      for (let i = Math.floor((x * signal.length) / columns); i < end; i++) {
        peak = Math.max(peak, Math.abs(signal[i]));
      }
      return peak;
    });
  }

  function ordered(a, b) {
    return a < b ? [a, b] : [b, a];
  }

  Mushra.Waveform = Waveform;
})((window.Mushra = window.Mushra || {}));
