"""Bitrate-quality curves: a column's mean over the measured bitrate, one line a codec.

Bars are the 95 % intervals of the leaderboard; the dashed line is the transparent control (`pcm`),
the ceiling of the metric on these items. Colours are Okabe & Ito's, and every codec has a marker
of its own, so that the curves can be told apart without colour.
"""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vP*X<>hp"
LABELS = {
    "pesq_wb": "PESQ-WB (MOS-LQO)",
    "stoi": "STOI",
    "estoi": "ESTOI",
    "visqol": "ViSQOL speech (MOS-LQO)",
    "dnsmos_p808": "DNSMOS P.808",
    "dnsmos_sig": "DNSMOS SIG",
    "dnsmos_bak": "DNSMOS BAK",
    "dnsmos_ovrl": "DNSMOS OVRL",
    "plcmos": "PLCMOS",
    "mel_distance": "log-mel distance",
    "lsd": "LSD (dB)",
    "mcd": "MCD (dB)",
    "f0_rmse": "F0 RMSE (Hz)",
    "vuv_error": "voicing error",
}
OVERVIEW = ("pesq_wb", "visqol", "estoi", "dnsmos_ovrl", "plcmos", "mel_distance")


def draw_curves(
    leaderboard: pd.DataFrame, columns: Sequence[str], folder: Path, title: str
) -> Path:
    """Write `curves.png` and `.svg` (an overview) and one pair of files per column.

    Args:
        leaderboard: the table of `leaderboard.leaderboard`.
        columns: the metric columns to draw; those without any value are left out.
        folder: where the files go.
        title: of the overview.

    Returns:
        Path of the overview as PNG.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    drawn = [c for c in columns if c in leaderboard and leaderboard[c].notna().any()]
    for column in drawn:
        figure, axes = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
        draw_column(axes, leaderboard, column)
        axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        _save(figure, folder / column)
    overview = [c for c in OVERVIEW if c in drawn] or drawn[:6]
    figure, grid = plt.subplots(
        -(-len(overview) // 3) or 1,
        3,
        figsize=(12, 3.6 * (-(-len(overview) // 3) or 1)),
        layout="constrained",
        squeeze=False,
    )
    for axes, column in zip(grid.flat, overview, strict=False):
        draw_column(axes, leaderboard, column)
    for axes in grid.flat[len(overview) :]:
        axes.set_axis_off()
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=7, frameon=False)
    figure.suptitle(title)
    _save(figure, folder / "curves")
    return folder / "curves.png"


def draw_column(axes: "Axes", leaderboard: pd.DataFrame, column: str) -> None:
    """One column's curves on the axes given."""
    styles = zip(cycle(COLOURS), cycle(MARKERS), strict=False)
    codecs = leaderboard[leaderboard["kind"] == "codec"]
    for (codec, points), (colour, marker) in zip(
        codecs.groupby("codec", sort=False), styles, strict=False
    ):
        points = points.dropna(subset=[column]).sort_values("measured_kbps")
        spread = points[[f"{column}_lo", f"{column}_hi"]].sub(points[column], axis=0).abs().T
        axes.errorbar(
            points["measured_kbps"],
            points[column],
            spread.fillna(0).to_numpy(),
            color=colour,
            marker=marker,
            markersize=5,
            linewidth=1.4,
            elinewidth=0.8,
            capsize=2,
            label=str(codec),
        )
    ceiling = leaderboard.loc[leaderboard["condition"] == "pcm", column].dropna()
    if len(ceiling):
        axes.axhline(ceiling.iloc[0], color="0.5", linestyle="--", linewidth=1, label="pcm")
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda kbps, _: f"{kbps:g}")
    axes.set_xlabel("measured bitrate (kbit/s)")
    axes.set_ylabel(LABELS.get(column, column))
    axes.grid(alpha=0.3)


def _save(figure: "object", stem: Path) -> None:
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure

    assert isinstance(figure, Figure)
    for suffix in (".png", ".svg"):
        figure.savefig(stem.with_suffix(suffix), dpi=150)
    plt.close(figure)
