/* Signals: each is a script, for a page on file:// may not read its neighbours. */
const waiting = new Map();

window.signal = (file, flac, png) => {
  const bytes = Uint8Array.from(atob(flac), (letter) => letter.charCodeAt(0)).buffer;
  waiting.get(file)?.({ bytes, picture: `data:image/png;base64,${png}` });
};

function fetchSignal(file) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    waiting.set(file, resolve);
    script.onerror = () => reject(new Error(`${file} is not there: keep the folder audio beside this page`));
    script.onload = () => {
      script.remove();
      waiting.delete(file);
    };
    script.src = file;
    document.head.append(script);
  });
}

/* Players: all shown signals of a card run together, one of them is heard. */
const RAMP = 0.01; // seconds of the cross-fade
let context = null;
let playing = null;

class Player {
  constructor(card) {
    this.card = card;
    this.button = one(".play", card);
    this.seek = one(".seek", card);
    this.labels = all(".signals label", card);
    this.loads = this.labels.map(() => null);
    this.buffers = this.labels.map(() => null);
    this.sources = [];
    this.offset = 0;
    this.seconds = 0;
    this.chosen = 1;
    this.compared = 1;
    this.button.addEventListener("click", () => (playing === this ? this.stop() : this.start()));
    this.seek.addEventListener("input", () => this.jump());
    all(".signals input", card).forEach((box) => box.addEventListener("change", () => this.choose(Number(box.value))));
    all(".pick input", card).forEach((box) => box.addEventListener("change", () => this.pick(Number(box.value), box.checked)));
    this.count();
    whenSeen(card, () => this.picture());
  }

  shown() {
    return this.labels.map((label, index) => index).filter((index) => !this.labels[index].hidden);
  }

  count() {
    one(".pick summary", this.card).textContent = `Conditions: ${this.shown().length - 1} of ${this.labels.length - 1}`;
  }

  load(index) {
    this.loads[index] ??= fetchSignal(this.labels[index].dataset.file);
    return this.loads[index];
  }

  async decode() {
    context ??= new AudioContext();
    await Promise.all(this.shown().map(async (index) => {
      if (this.buffers[index]) return;
      const { bytes } = await this.load(index);
      this.buffers[index] ??= await context.decodeAudioData(bytes.slice(0));
    }));
    this.seconds = Math.max(...this.buffers.filter(Boolean).map((buffer) => buffer.duration));
    this.seek.max = this.seconds;
  }

  async ready() {
    try {
      await this.decode();
      return true;
    } catch (error) {
      this.loads = this.loads.map(() => null);
      one(".missing", this.card).textContent = error.message;
      return false;
    }
  }

  async start() {
    context ??= new AudioContext();
    await context.resume();
    if (!(await this.ready())) return;
    playing?.stop();
    if (this.offset >= this.seconds - 0.02) this.offset = 0;
    const begin = context.currentTime + 0.03;
    this.begin = begin - this.offset;
    this.sources = this.buffers.map((buffer, index) => {
      if (!buffer || this.labels[index].hidden) return null;
      const source = new AudioBufferSourceNode(context, { buffer });
      const gain = new GainNode(context, { gain: index === this.chosen ? 1 : 0 });
      source.connect(gain).connect(context.destination);
      source.start(begin, this.offset);
      return { source, gain };
    });
    playing = this;
    this.button.textContent = "❚❚";
    this.button.setAttribute("aria-label", "Pause");
    this.follow();
  }

  stop() {
    this.offset = Math.max(0, Math.min(context.currentTime - this.begin, this.seconds));
    this.sources.forEach((one) => one?.source.stop());
    this.sources = [];
    playing = null;
    this.button.textContent = "▶";
    this.button.setAttribute("aria-label", "Play");
    this.show();
  }

  follow() {
    if (playing !== this) return;
    this.offset = Math.max(0, context.currentTime - this.begin);
    if (this.offset >= this.seconds) {
      this.stop();
      return;
    }
    this.show();
    requestAnimationFrame(() => this.follow());
  }

  show() {
    this.seek.value = this.offset;
    this.card.style.setProperty("--position", this.seconds ? this.offset / this.seconds : 0);
    one(".time", this.card).textContent = `${this.offset.toFixed(1)} of ${this.seconds.toFixed(1)} s`;
  }

  async jump() {
    const target = Number(this.seek.value);
    if (!this.seconds && !(await this.ready())) return;
    const again = playing === this;
    if (again) this.stop();
    this.offset = Math.min(target, this.seconds);
    this.show();
    if (again) this.start();
  }

  choose(index) {
    this.chosen = index;
    this.compared = index || this.compared;
    this.sources.forEach((one, number) => {
      one?.gain.gain.setTargetAtTime(number === index ? 1 : 0, context.currentTime, RAMP / 3);
    });
    this.picture();
  }

  /* A condition comes or goes; what plays goes on with it. */
  async pick(index, wanted) {
    this.labels[index].hidden = !wanted;
    this.count();
    if (!wanted && this.chosen === index) {
      one("input", this.labels[0]).checked = true;
      this.choose(0);
    }
    if (playing !== this || !wanted) return;
    if (await this.ready()) {
      if (playing === this) this.stop();
      this.start();
    }
  }

  /* Spectrograms of the reference and of the signal that was chosen last. */
  async picture() {
    const figures = all(".pictures figure", this.card);
    for (const [place, index] of [[0, 0], [1, this.compared]]) {
      const { name } = this.labels[index].dataset;
      try {
        const { picture } = await this.load(index);
        if (place && index !== this.compared) return;
        const image = one("img", figures[place]);
        image.src = picture;
        image.alt = `Spectrogram of ${name}, 0 to 8 kHz`;
        one("figcaption", figures[place]).textContent = name;
      } catch (error) {
        this.loads[index] = null;
        one(".missing", this.card).textContent = error.message;
      }
    }
  }
}
all(".card").forEach((card) => (card.player = new Player(card)));
one("#item")?.addEventListener("change", (event) => {
  playing?.stop();
  all(".card").forEach((card, index) => (card.hidden = index !== Number(event.target.value)));
});
