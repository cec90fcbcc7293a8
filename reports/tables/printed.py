"""Tables as plain text for a terminal, as Markdown and as LaTeX."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...benchmarks.store.left_out import NOT_RUN
from ...benchmarks.store.scores import records
from ..columns import in_order, look
from .bd_rate import Delta
from .comparisons import ALPHA
from .rates import misstated
from .summary import HEAD

_TEX = {letter: f"\\{letter}" for letter in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\n": " ",
}
STATED = "* bitrate stated, not measured"


def show(table: pd.DataFrame) -> str:
    """Fixed-width text: codecs first, by bitrate within each, then oracles and controls."""
    return show_lines([tuple(row) for row in _cells(table)], left=1) + _footnote(table, "\n")


def markdown(table: pd.DataFrame, cautions: Sequence[str] = ()) -> str:
    """The same table for a README, and what its readers must know."""
    head, *body = _cells(table)
    rule = [":--"] + ["--:"] * (len(head) - 1)
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, rule, *body)]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in cells)
    notes = "".join(f"\n\n{note}." for note in cautions)
    return lines + _footnote(table, "\n\n").replace("*", "\\*") + notes


def latex(table: pd.DataFrame, cautions: Sequence[str] = ()) -> str:
    """The same table for a paper, with `booktabs`; who alone ranks first in a column is bold."""
    won = {column: winner(table, column) for column in _shown(table)}
    head, *body = _cells(table)
    rows = []
    for line, row in zip(_lines(table), body, strict=True):
        bold = [False] * (len(row) - len(won)) + [
            name == line["condition"] for name in won.values()
        ]
        rows.append(
            [
                f"\\textbf{{{_tex(cell)}}}" if wins else _tex(cell)
                for cell, wins in zip(row, bold, strict=True)
            ]
        )
    lines = [" & ".join(row) + r" \\" for row in ([_tex(cell) for cell in head], *rows)]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            r"\toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule",
            r"\end{tabular}" + _footnote(table, r"\\{} "),  # a bare \\ takes the asterisk
            *(rf"\\{{}} {_tex(note)}." for note in cautions),
            "",
        ]
    )


def winner(table: pd.DataFrame, column: str) -> str:
    """The condition that alone ranks first in a column of a leaderboard; "" where none does."""
    if f"{column}_rank" not in table:
        return ""
    first = table.loc[(table[f"{column}_rank"] == 1).fillna(False), "condition"]
    return str(first.iloc[0]) if len(first) == 1 else ""


def _footnote(table: pd.DataFrame, before: str) -> str:
    """What the asterisk behind a bitrate means, where there is one."""
    stated = "bitrate" in table and (table["bitrate"] == "stated").any()
    return f"{before}{STATED}" if stated else ""


def _tex(text: str) -> str:
    """Text as LaTeX sets it, whatever is in it: no character is a command."""
    escaped = "".join(_TEX.get(letter, letter) for letter in text)
    return f"{{{escaped[0]}}}{escaped[1:]}" if escaped[:1] in ("[", "*") else escaped


def _shown(table: pd.DataFrame) -> list[str]:
    """Metrics' columns of the printed tables: of those with an interval, what has values."""
    measured = [c for c in map(str, table) if f"{c}_lo" in table and table[c].notna().any()]
    return in_order(column for column in measured if look(column).in_tables)


def _lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lines of the printed tables, in their order."""
    order = table["kind"].map({"codec": 0, "oracle": 1, "control": 2})
    return records(table.loc[order.sort_values(kind="stable").index])


def _cells(table: pd.DataFrame) -> list[list[str]]:
    columns = _shown(table)
    judged = ["verdict"] if "verdict" in table else []
    rows = [["condition", "kbps", "n/N", *judged, *(_head(table, c) for c in columns)]]
    for line in _lines(table):
        kbps = "-" if pd.isna(line["measured_kbps"]) else f"{line['measured_kbps']:.2f}"
        if not pd.isna(line.get("not_run")):
            kbps = NOT_RUN
        elif line.get("bitrate") == "stated":
            kbps = f"{line['nominal_kbps']:.2f}*"
        elif misstated(line["kind"], line.get("nominal_kbps"), line["measured_kbps"]):
            kbps += f" (states {line['nominal_kbps']:.2f})"
        kind = "" if line["kind"] == "codec" else f" ({line['kind']})"
        rows.append(
            [
                f"{line['condition']}{kind}",
                kbps,
                f"{line['n']}/{line['N']}",
                *("-" if pd.isna(line[name]) else line[name] for name in judged),
                *("-" if pd.isna(line[c]) else f"{line[c]:.{look(c).digits}f}" for c in columns),
            ]
        )
    return rows


def _head(table: pd.DataFrame, column: str) -> str:
    """Short name of a column, and the rate at which a suite of wider band measured it."""
    rate = f" {table[f'{column}_hz'].iloc[0] / 1000:g}k" if f"{column}_hz" in table else ""
    return f"{look(column).short}{rate}"


def show_comparisons(table: pd.DataFrame) -> str:
    """Paired comparisons as fixed-width text: a line for each pair and column."""
    head = (
        "column",
        "a",
        "b",
        "n/N",
        "a - b",
        "95 %",
        "test",
        "p",
        "p Holm",
        "w/t/l",
        "detectable",
        "better",
    )
    lines = [
        (
            str(row["column"]),
            str(row["a"]),
            str(row["b"]),
            f"{row['n']}/{row['N']}",
            f"{row['difference']:+.4f}",
            _interval(row["low"], row["high"]),
            str(row["test"]),
            f"{row['p']:.2g}",
            f"{row['p_holm']:.2g}",
            f"{row['wins']}/{row['ties']}/{row['losses']}",
            "-" if pd.isna(row["detectable"]) else f"{row['detectable']:.3g}",
            str(row["better"]) or ("not significant" if row["least"] < ALPHA else "cannot tell"),
        )
        for _, row in table.iterrows()
    ]
    return show_lines([head, *lines], left=3)


def show_summary(lines: Sequence[tuple[str, ...]]) -> str:
    """Lines of `summary` as fixed-width text."""
    return show_lines([HEAD, *lines], left=2)


def show_deltas(
    found: Mapping[str, tuple[int, Delta, Delta]], total: int, test: str, anchor: str
) -> str:
    """BD-rate and BD-quality of a codec against another, by column, as fixed-width text.

    Each column's deltas are of some items of `total`.
    """
    lines = [("column", "n/N", "BD-rate %", "95 %", "BD-quality", "95 %")]
    for column, (n, rate, quality) in found.items():
        lines.append((column, f"{n}/{total}", *_delta(rate, 1), *_delta(quality, 3)))
    return f"{test} against {anchor}\n" + show_lines(lines, left=1)


def _delta(delta: Delta, digits: int) -> tuple[str, str]:
    value = "-" if pd.isna(delta.value) else f"{delta.value:+.{digits}f}"
    return value, delta.refused or f"[{delta.low:+.{digits}f}, {delta.high:+.{digits}f}]"


def _interval(low: float, high: float) -> str:
    return "too few speakers" if pd.isna(low) else f"[{low:+.4f}, {high:+.4f}]"


def show_lines(lines: Sequence[tuple[str, ...]], left: int) -> str:
    """Lines of cells as text, the first `left` columns left-justified."""
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def partial_columns(table: pd.DataFrame) -> list[str]:
    """One sentence for each shown column whose means leave out items that a codec has."""
    codecs = table[table["kind"] == "codec"]
    remarks = []
    for column in (c for c in map(str, table) if f"{c}_n" in table and look(c).in_tables):
        counts = codecs.loc[codecs[f"{column}_n"] > 0, f"{column}_n"]
        total = int(table["N"].max())
        if len(counts) and counts.max() < total:
            remarks.append(
                f"{column}: means are over the {counts.max()} of {total} items that all codecs have"
            )
    return remarks
