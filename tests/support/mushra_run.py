"""A small finished run for the tests of the listening test, and the tests built from it."""

import csv
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import soundfile

from nscbench.listening_test.prepare.trials import Trial
from support.runs import record_of_decoded, write_journal

RATE = 16_000
DELAY = 40  # samples, of the condition "late-1"
ITEMS = {  # seconds, speaker, sex
    "a": (1.6, "s1", "F"),
    "b": (1.8, "s2", "M"),
    "c": (1.7, "s1", "F"),
    "d": (1.5, "s3", "M"),
    "e": (1.9, "s4", "F"),
    "long": (12.5, "s2", "M"),
    "short": (0.6, "s2", "M"),
}
KINDS = {"late-1": "codec", "noisy-6": "codec", "pcm": "control"}


def make_run(
    root: Path, speech_like: Callable[..., np.ndarray], kinds: dict[str, str] = KINDS
) -> Path:
    """Write a run's directory; its recordings are beside it."""
    items, rows = [], []
    for number, (item, (seconds, speaker, sex)) in enumerate(ITEMS.items()):
        speech = speech_like(seconds, RATE, number).astype(np.float64)
        path = root.with_name("recordings") / f"{item}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, speech, RATE, subtype="PCM_16")
        about = {"id": item, "path": str(path), "speaker": speaker, "sex": sex}
        digest = sha256(path.read_bytes()).hexdigest()
        items.append(about | {"seconds": seconds, "sha256": digest})
        for place, name in enumerate(kinds):
            decoded = root / "decoded" / name / f"{item}.flac"
            decoded.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(decoded, _coded(name, speech, number), RATE, subtype="PCM_16")
            rows.append([name, item, 0, "pesq_wb", 1 + place + number / 10, ""])
    write_tables(root, rows, items, kinds)
    record_decoded(root)
    return root


def record_decoded(root: Path) -> None:
    """Have the journal say that the decoded files of a run are what they are now."""
    paths = sorted(root.glob("decoded/*/*.flac"))
    write_journal(root, [record_of_decoded(path, path.stem) for path in paths])


def write_values(root: Path, rows: list[list[object]]) -> None:
    """Write the tables of a run of these rows: condition, item, draw, column, value, error."""
    names = [list(dict.fromkeys(str(row[place]) for row in rows)) for place in (0, 1)]
    about = {"path": "none.wav", "speaker": "", "sex": "", "seconds": 1.0, "sha256": ""}
    items = [{"id": name} | about for name in names[1]]
    write_tables(root, rows, items, dict.fromkeys(names[0], "codec"))


def write_tables(
    root: Path, rows: list[list[object]], items: list[dict[str, object]], kinds: dict[str, str]
) -> None:
    """Write what a finished run says of itself, and its values."""
    (root / "manifest.json").write_text(json.dumps(manifest(items, kinds)))
    (root / "checks.csv").write_text("condition,item,finding\n")
    with (root / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["condition", "item", "draw", "column", "value", "error"], *rows])


def manifest(items: list[dict[str, object]], kinds: dict[str, str]) -> dict[str, object]:
    """What a finished run says of itself, whose metric is PESQ."""
    conditions = [
        {
            **dict.fromkeys(("settings", "fingerprint", "backend"), ""),
            **{"condition": name, "codec": name, "kind": kind, "sample_rate": RATE},
            **{"nominal_kbps": 6.0, "stochastic": False},
        }
        for name, kind in kinds.items()
    ]
    return {
        **dict.fromkeys(("nscbench", "started", "finished", "seeds"), ""),
        **{"device": "cpu", "failures": 0, "conditions": conditions, "items": items},
        "suite": {"name": "made", "title": "Made up", "draws": 1},
        "metrics": [{"metric": "pesq", "version": "1"}],
        **{"unavailable": {}, "hardware": {}, "packages": {}},
    }


def _coded(name: str, speech: np.ndarray, seed: int) -> np.ndarray:
    if name == "late-1":
        return 0.5 * np.concatenate([np.zeros(DELAY), speech[:-DELAY]])
    noise = np.random.default_rng(seed).standard_normal(len(speech))
    return speech if name == "pcm" else speech + 0.002 * noise


def by_condition(trial: Trial) -> dict[str, np.ndarray]:
    """The signals of a trial, but for the open reference."""
    return {condition: trial.samples[blind] for blind, condition in trial.stimuli.items()}
