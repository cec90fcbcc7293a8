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
  const words = index === 0 || !head.dataset.better;
  const value = (row) => {
    if (index === 0) return row.dataset.name;
    const text = row.cells[index].dataset.value;
    return words ? text : text === "" ? NaN : Number(text);
  };
  const compare = (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (words && (x === "" || y === "")) return (x === "") - (y === "");
    if (words) return sign * x.localeCompare(y, "en", { numeric: true });
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
    return sign * (x - y);
  };
  one("tbody", board).append(...all("tbody tr", board).sort(compare));
}
heads.forEach((head, index) => one("button", head).addEventListener("click", () => sortBy(index)));

/* A line is shown if it meets every demand; a page may have more of them. */
const demands = [];

function demand(selector, event, meets) {
  demands.push(meets);
  all(selector).forEach((input) => input.addEventListener(event, filter));
}

function bound(selector, none) {
  const { value } = one(selector);
  return value === "" ? none : Number(value);
}

/* Does a number of a line lie within what is asked for? One that is not known does not. */
function within(text, low, high) {
  if (low === -Infinity && high === Infinity) return true;
  return text !== "" && Number(text) >= low && Number(text) <= high;
}

function filter() {
  const rows = all("tbody tr", board);
  for (const row of rows) row.hidden = !demands.every((meets) => meets(row.dataset));
  one("#shown").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
}

demand("#filter-name", "input", ({ name }) => {
  const words = one("#filter-name").value.toLowerCase().split(/[\s,]+/).filter(Boolean);
  return !words.length || words.some((word) => name.toLowerCase().includes(word));
});
demand("#filter-low, #filter-high", "input", ({ kbps }) =>
  within(kbps, bound("#filter-low", -Infinity), bound("#filter-high", Infinity)));
demand(".filter-kind", "change", ({ kind }) =>
  all(".filter-kind").some((box) => box.checked && box.value === kind));
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
