"""A leaderboard as plain text, for a terminal, and as Markdown."""

import pandas as pd

SHOWN = {
    "pesq_wb": "PESQ",
    "visqol": "ViSQOL",
    "stoi": "STOI",
    "estoi": "ESTOI",
    "dnsmos_ovrl": "OVRL",
    "dnsmos_p808": "P.808",
    "plcmos": "PLCMOS",
    "mel_distance": "mel",
    "lsd": "LSD",
    "mcd": "MCD",
    "f0_rmse": "F0",
    "vuv_error": "V/UV",
    "delay_ms": "delay",
}


def show(table: pd.DataFrame) -> str:
    """Fixed-width text: codecs first, by bitrate within each, then oracles and controls."""
    cells = _cells(table)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join(lines)


def markdown(table: pd.DataFrame) -> str:
    """The same table for a README."""
    head, *body = _cells(table)
    rule = [":--"] + ["--:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def _cells(table: pd.DataFrame) -> list[list[str]]:
    columns = [c for c in SHOWN if c in table and table[c].notna().any()]
    rows = [["condition", "kbps", "n/N", *(SHOWN[c] for c in columns)]]
    order = table["kind"].map({"codec": 0, "oracle": 1, "control": 2})
    for _, line in table.loc[order.sort_values(kind="stable").index].iterrows():
        kbps = "-" if pd.isna(line["measured_kbps"]) else f"{line['measured_kbps']:.2f}"
        kind = "" if line["kind"] == "codec" else f" ({line['kind']})"
        rows.append(
            [
                f"{line['condition']}{kind}",
                kbps,
                f"{line['n']}/{line['N']}",
                *("-" if pd.isna(line[c]) else f"{line[c]:.{_digits(c)}f}" for c in columns),
            ]
        )
    return rows


def _digits(column: str) -> int:
    return {"stoi": 3, "estoi": 3, "vuv_error": 3, "f0_rmse": 1, "delay_ms": 1}.get(column, 2)
