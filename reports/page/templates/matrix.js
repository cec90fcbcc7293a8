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

const chosen = one("#matrix-column");
if (chosen.value) {
  chosen.addEventListener("change", () => drawMatrix(chosen.value));
  whenSeen(one("#significance"), () => drawMatrix(chosen.value));
} else {
  one("#significance").hidden = true;
}
