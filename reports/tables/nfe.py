"""Operating points that differ in the number of denoiser evaluations (NFE) or the sampler."""

import re

import pandas as pd

from ...benchmarks.store.scores import Scores, curve_of

COLUMNS = ("condition", "curve", "codec", "sampler", "kbps", "nfe")


def nfe_points(scores: Scores) -> pd.DataFrame:
    """A line for each codec whose settings state an NFE, in the order of the run.

    `curve` names what is alike in all but the NFE: `mel2mel-samplerdpmpp 3 kbit/s`.
    """
    lines = [
        (
            name,
            f"{_without_nfe(name, entry['codec'])} {entry['nominal_kbps']:g} kbit/s",
            entry["codec"],
            _setting(entry["settings"], r"sampler='(\w+)'"),
            float(entry["nominal_kbps"]),
            float(nfe),
        )
        for name, entry in scores.conditions.items()
        if entry["kind"] == "codec" and (nfe := _setting(entry["settings"], r"nfe=(\d+)"))
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def over_nfe(scores: Scores) -> pd.DataFrame:
    """The points of curves with several NFE."""
    table = nfe_points(scores)
    return table.groupby("curve").filter(lambda curve: curve["nfe"].nunique() > 1)


def _setting(settings: str, form: str) -> str:
    found = re.search(rf"\b{form}", settings)
    return found[1] if found else ""


def _without_nfe(condition: str, codec: str) -> str:
    return re.sub(r"-nfe\d+\b", "", curve_of(condition, codec))
