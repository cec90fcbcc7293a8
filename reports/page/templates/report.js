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
/* A table that fits scrolls with the page, its head stays in sight. */
function fit() {
  const frame = board.parentElement;
  frame.classList.remove("fits");
  frame.classList.toggle("fits", board.offsetWidth <= frame.clientWidth);
}
for (const [id, name] of [["#show-intervals", "intervals"], ["#show-all", "all"]]) {
  one(id).addEventListener("change", (event) => {
    board.classList.toggle(name, event.target.checked);
    fit();
  });
}
addEventListener("resize", fit);
fit();
filter();

/* Tables whose cells say more: by tap, or by the arrow keys from any cell of them. */
const detail = one("#detail");

function reveal(cell, text) {
  all(".chosen").forEach((other) => other.classList.remove("chosen"));
  cell.classList.add("chosen");
  detail.textContent = text;
  detail.hidden = false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("td")) detail.hidden = true;
});

function explore(table, describe) {
  const cells = () => all("tbody tr", table).filter((row) => !row.hidden)
    .map((row) => [...row.cells].filter((cell) => cell.tagName === "TD" && cell.offsetParent));
  const enter = (cell) => {
    all("td[tabindex]", table).forEach((other) => other.removeAttribute("tabindex"));
    cell.tabIndex = 0;
  };
  const choose = (cell) => {
    const text = describe(cell);
    if (text) reveal(cell, text);
  };
  const first = one("tbody td", table);
  if (first) enter(first);
  if (table.explored) return;
  table.explored = true;
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (!cell || !table.contains(cell)) return;
    enter(cell);
    cell.focus({ preventScroll: true });
    choose(cell);
  });
  table.addEventListener("focusin", (event) => {
    if (event.target.tagName === "TD") choose(event.target);
  });
  table.addEventListener("keydown", (event) => {
    if (event.key === "Escape") detail.hidden = true;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    if (!step || event.target.tagName !== "TD") return;
    event.preventDefault();
    const grid = cells();
    const row = grid.findIndex((line) => line.includes(event.target));
    const column = grid[row].indexOf(event.target);
    const next = grid[row + step[0]]?.[column + step[1]];
    if (!next) return;
    enter(next);
    next.focus();
  });
}

explore(board, (cell) => {
  const head = heads[cell.cellIndex];
  const [value, interval, rank] = [".mean", ".interval", ".rank"].map((s) => one(s, cell)?.textContent);
  const parts = [`${cell.parentElement.dataset.name}: ${head.title} ${value}`];
  if (interval) parts.push(`95 % ${interval}`);
  if (rank) parts.push(`rank ${rank}`);
  return parts.join(", ");
});

/* Significance: a matrix of all pairs of codecs in one column, drawn when it is come to. */
const comparisons = JSON.parse(one("#comparisons").textContent);

function pairText(found, name, other, n, N) {
  const number = (value) => (value === null ? "?" : (value > 0 ? "+" : "") + value.toPrecision(3));
  return `${name} − ${other}: ${number(found.difference)} [${number(found.low)}, ${number(found.high)}], p = ${found.p.toPrecision(2)} after Holm, ${n}/${N} items`;
}

function matrixCells(names, pairs) {
  const cells = names.map(() => names.map(() => null));
  for (const [a, b, difference, low, high, p, winner] of pairs) {
    cells[a][b] = { difference, low, high, p, winner: winner === 0 ? 0 : winner === 1 ? 1 : -1 };
    cells[b][a] = {
      difference: -difference, low: high === null ? null : -high, high: low === null ? null : -low,
      p, winner: winner === 0 ? 0 : winner === 1 ? -1 : 1,
    };
  }
  return cells;
}

function drawMatrix(column) {
  const { names, pairs, n, N } = comparisons[column];
  const cells = matrixCells(names, pairs);
  const table = one("#matrix");
  const head = document.createElement("thead");
  const top = head.insertRow();
  top.insertCell();
  for (const name of names) {
    const cell = document.createElement("th");
    cell.scope = "col";
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
      cell.title = pairText(found, name, other, n, N);
    });
  });
  table.replaceChildren(head, body);
  explore(table, (cell) => cell.title);
}

function whenSeen(element, act) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  }, { rootMargin: "200px" });
  observer.observe(element);
}

const chosen = one("#matrix-column");
if (chosen.value) {
  chosen.addEventListener("change", () => drawMatrix(chosen.value));
  whenSeen(one("#significance"), () => drawMatrix(chosen.value));
} else {
  one("#significance").hidden = true;
}

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
