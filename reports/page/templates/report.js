"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Theme: the system's, until the reader chooses. */
one("#theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

/* Leaderboard: sort by a column, filter by name, bitrate and kind. */
const board = one("#board");
const heads = all("thead th", board);

function sortBy(index) {
  const head = heads[index];
  const bestFirst = head.dataset.better === "higher" ? "descending" : "ascending";
  const other = bestFirst === "ascending" ? "descending" : "ascending";
  const direction = head.getAttribute("aria-sort") === bestFirst ? other : bestFirst;
  heads.forEach((h) => h.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const value = (row) => {
    if (index === 0) return row.dataset.name;
    const text = row.cells[index].dataset.value;
    return text === "" ? NaN : Number(text);
  };
  const compare = (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (typeof x === "string") return sign * x.localeCompare(y, "en", { numeric: true });
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
    return sign * (x - y);
  };
  one("tbody", board).append(...all("tbody tr", board).sort(compare));
}
heads.forEach((head, index) => one("button", head).addEventListener("click", () => sortBy(index)));

function filter() {
  const words = one("#filter-name").value.toLowerCase().split(/[\s,]+/).filter(Boolean);
  const bound = (id, none) => (one(id).value === "" ? none : Number(one(id).value));
  const [low, high] = [bound("#filter-low", -Infinity), bound("#filter-high", Infinity)];
  const kinds = all(".filter-kind").filter((box) => box.checked).map((box) => box.value);
  const bounded = low > -Infinity || high < Infinity;
  const rows = all("tbody tr", board);
  for (const row of rows) {
    const { name, kind, kbps } = row.dataset;
    const named = !words.length || words.some((word) => name.toLowerCase().includes(word));
    const rated = !bounded || (kbps !== "" && Number(kbps) >= low && Number(kbps) <= high);
    row.hidden = !(named && rated && kinds.includes(kind));
  }
  one("#shown").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
}
["#filter-name", "#filter-low", "#filter-high"].forEach((id) => one(id).addEventListener("input", filter));
all(".filter-kind").forEach((box) => box.addEventListener("change", filter));
one("#show-intervals").addEventListener("change", (event) => board.classList.toggle("intervals", event.target.checked));
one("#show-all").addEventListener("change", (event) => board.classList.toggle("all", event.target.checked));
filter();

/* Significance: a matrix of all pairs of codecs in one column. */
const comparisons = JSON.parse(one("#comparisons").textContent);

function drawMatrix(column) {
  const { names, pairs, n, N } = comparisons[column];
  const cells = names.map(() => names.map(() => null));
  for (const [a, b, difference, low, high, p, winner] of pairs) {
    cells[a][b] = { difference, low, high, p, winner: winner === 0 ? 0 : winner === 1 ? 1 : -1 };
    cells[b][a] = {
      difference: -difference, low: high === null ? null : -high, high: low === null ? null : -low,
      p, winner: winner === 0 ? 0 : winner === 1 ? -1 : 1,
    };
  }
  const table = one("#matrix");
  const head = document.createElement("thead");
  const top = head.insertRow();
  top.append(document.createElement("th"));
  for (const name of names) {
    const cell = document.createElement("th");
    const text = document.createElement("span");
    text.textContent = name;
    cell.append(text);
    top.append(cell);
  }
  const body = document.createElement("tbody");
  names.forEach((name, i) => {
    const row = body.insertRow();
    const label = document.createElement("th");
    label.scope = "row";
    label.textContent = name;
    row.append(label);
    names.forEach((other, j) => {
      const cell = row.insertCell();
      const found = cells[i][j];
      if (!found) {
        cell.className = "self";
        return;
      }
      cell.className = found.winner > 0 ? "win" : found.winner < 0 ? "loss" : "tie";
      cell.textContent = found.winner > 0 ? "▲" : found.winner < 0 ? "▼" : "·";
      const number = (value) => (value === null ? "?" : (value > 0 ? "+" : "") + value.toPrecision(3));
      cell.title = `${name} − ${other}: ${number(found.difference)} [${number(found.low)}, ${number(found.high)}], p = ${found.p.toPrecision(2)} after Holm, ${n}/${N} items`;
      cell.addEventListener("pointerenter", () => (one("#matrix-detail").textContent = cell.title));
    });
  });
  table.replaceChildren(head, body);
}
const chosen = one("#matrix-column");
if (chosen.value) {
  chosen.addEventListener("change", () => drawMatrix(chosen.value));
  drawMatrix(chosen.value);
} else {
  one("#significance").hidden = true;
}

/* Players: all signals of a card run together, one of them is heard. */
const RAMP = 0.01; // seconds of the cross-fade
let context = null;
let playing = null;

class Player {
  constructor(card) {
    this.card = card;
    this.button = one(".play", card);
    this.seek = one(".seek", card);
    this.buffers = null;
    this.sources = [];
    this.offset = 0;
    this.button.addEventListener("click", () => (playing === this ? this.stop() : this.start()));
    this.seek.addEventListener("input", () => this.jump());
    all(".signals input", card).forEach((box) => box.addEventListener("change", () => this.choose(Number(box.value))));
    this.chosen = this.compared = 1;
  }

  async decode() {
    const encoded = JSON.parse(one(".sounds", this.card).textContent);
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
    this.buffers = await Promise.all(encoded.map((text) => context.decodeAudioData(bytes(text))));
    this.seconds = Math.max(...this.buffers.map((buffer) => buffer.duration));
    this.seek.max = this.seconds;
  }

  async start() {
    context ??= new AudioContext();
    await context.resume();
    if (!this.buffers) await this.decode();
    playing?.stop();
    if (this.offset >= this.seconds - 0.02) this.offset = 0;
    const begin = context.currentTime + 0.03;
    this.begin = begin - this.offset;
    this.sources = this.buffers.map((buffer, index) => {
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
    this.sources.forEach(({ source }) => source.stop());
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
    one(".time", this.card).textContent = `${this.offset.toFixed(1)} of ${(this.seconds ?? 0).toFixed(1)} s`;
  }

  async jump() {
    const target = Number(this.seek.value);
    if (!this.buffers) {
      context ??= new AudioContext();
      await this.decode();
    }
    const again = playing === this;
    if (again) this.stop();
    this.offset = Math.min(target, this.seconds);
    this.show();
    if (again) this.start();
  }

  choose(index) {
    this.chosen = index;
    this.compared = index || this.compared;
    this.sources.forEach(({ gain }, number) => {
      gain.gain.setTargetAtTime(number === index ? 1 : 0, context.currentTime, RAMP / 3);
    });
    all(".pictures figure", this.card).forEach((figure, number) => {
      figure.hidden = number !== 0 && number !== this.compared;
    });
  }
}
all(".card").forEach((card) => (card.player = new Player(card)));
