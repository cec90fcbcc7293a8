"""A leaderboard as plain text, for a terminal, and as Markdown."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .bd_rate import Delta
from .columns import LOOKS, look

HIDDEN = ("dnsmos_sig", "dnsmos_bak", "si_sdr", "drift_ppm", "polarity", "level_db")


def show(table: pd.DataFrame) -> str:
    """Fixed-width text: codecs first, by bitrate within each, then oracles and controls."""
    return _columns([tuple(row) for row in _cells(table)], left=1)


def markdown(table: pd.DataFrame) -> str:
    """The same table for a README."""
    head, *body = _cells(table)
    rule = [":--"] + ["--:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def _cells(table: pd.DataFrame) -> list[list[str]]:
    columns = [c for c in LOOKS if c not in HIDDEN and c in table and table[c].notna().any()]
    rows = [["condition", "kbps", "n/N", *(look(c).short for c in columns)]]
    order = table["kind"].map({"codec": 0, "oracle": 1, "control": 2})
    for _, line in table.loc[order.sort_values(kind="stable").index].iterrows():
        kbps = "-" if pd.isna(line["measured_kbps"]) else f"{line['measured_kbps']:.2f}"
        kind = "" if line["kind"] == "codec" else f" ({line['kind']})"
        rows.append(
            [
                f"{line['condition']}{kind}",
                kbps,
                f"{line['n']}/{line['N']}",
                *("-" if pd.isna(line[c]) else f"{line[c]:.{look(c).digits}f}" for c in columns),
            ]
        )
    return rows


def show_comparisons(table: pd.DataFrame) -> str:
    """Paired comparisons as fixed-width text: a line for each pair and column."""
    head = (
        "column",
        "a",
        "b",
        "n",
        "a - b",
        "95 %",
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
            str(row["n"]),
            f"{row['difference']:+.4f}",
            _interval(row["low"], row["high"]),
            f"{row['p']:.2g}",
            f"{row['p_holm']:.2g}",
            f"{row['wins']}/{row['ties']}/{row['losses']}",
            "-" if pd.isna(row["detectable"]) else f"{row['detectable']:.3g}",
            str(row["better"]) or "not significant",
        )
        for _, row in table.iterrows()
    ]
    return _columns([head, *lines], left=3)


def show_deltas(found: Mapping[str, tuple[int, Delta, Delta]], test: str, anchor: str) -> str:
    """BD-rate and BD-quality of a codec against another, by column, as fixed-width text."""
    lines = [("column", "n", "BD-rate %", "95 %", "BD-quality", "95 %")]
    for column, (n, rate, quality) in found.items():
        lines.append((column, str(n), *_delta(rate, 1), *_delta(quality, 3)))
    return f"{test} against {anchor}\n" + _columns(lines, left=1)


def _delta(delta: Delta, digits: int) -> tuple[str, str]:
    value = "-" if pd.isna(delta.value) else f"{delta.value:+.{digits}f}"
    return value, delta.refused or f"[{delta.low:+.{digits}f}, {delta.high:+.{digits}f}]"


def _interval(low: float, high: float) -> str:
    return "too few speakers" if pd.isna(low) else f"[{low:+.4f}, {high:+.4f}]"


def _columns(lines: Sequence[tuple[str, ...]], left: int) -> str:
    """Lines of cells as text, the first `left` columns left-justified."""
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
