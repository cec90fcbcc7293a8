"""The calls that the metrics' packages document: what the suite's own are timed and held against.

Each takes a pair [T] at 16 kHz and gives the columns that the metric of the same name gives.
"""

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from ... import metrics
from ...metrics.base import Signal

RATE = 16_000
NEEDS = {"dnsmos": ("librosa", "requests")}  # what speechmos imports and does not declare


def pesq(reference: Signal, degraded: Signal) -> dict[str, float]:
    import pesq

    return {"pesq_wb": pesq.pesq(RATE, reference, degraded, "wb")}


def stoi(reference: Signal, degraded: Signal) -> dict[str, float]:
    import pystoi

    return {
        "stoi": pystoi.stoi(reference, degraded, RATE),
        "estoi": pystoi.stoi(reference, degraded, RATE, extended=True),
    }


@cache
def _visqol() -> Any:
    from visqol import VisqolApi

    api = VisqolApi()
    api.create(mode="speech", use_lattice_model=True)
    return api


def visqol(reference: Signal, degraded: Signal) -> dict[str, float]:
    return {"visqol": _visqol().measure_from_arrays(reference, degraded, RATE).moslqo}


def dnsmos(reference: Signal, degraded: Signal) -> dict[str, float]:
    from speechmos import dnsmos  # type: ignore[import-untyped]

    values = dnsmos.run(degraded, RATE)
    return {f"dnsmos_{n}": float(values[f"{n}_mos"]) for n in ("p808", "sig", "bak", "ovrl")}


def plcmos(reference: Signal, degraded: Signal) -> dict[str, float]:
    from speechmos import plcmos

    np.random.seed(0)  # noqa: NPY002  the package draws its raters from it
    return {"plcmos": plcmos.run(degraded, RATE)["plcmos"]}


CALLS = {"pesq": pesq, "stoi": stoi, "visqol": visqol, "dnsmos": dnsmos, "plcmos": plcmos}


def missing(name: str) -> str:
    """Why the package's call of metric `name` cannot run here; "" if it can."""
    wanted = [module for module in NEEDS.get(name, ()) if find_spec(module) is None]
    return metrics.get(name).unavailable() or (f"pip install {' '.join(wanted)}" if wanted else "")
