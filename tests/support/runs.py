"""Run directories of synthetic values, for the tests of what reads them."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

COLUMNS = {"pesq_wb": 2.0, "stoi": 0.8, "estoi": 0.7}  # of the metrics pesq and stoi: their means
ROW_COLUMNS = ["condition", "item", "draw", "column", "value", "error"]


def items(count=24, speakers=12):
    """Entries of a manifest."""
    return [
        {
            "id": f"i{n:03}",
            "path": f"/nowhere/i{n:03}.flac",
            "speaker": f"s{n % speakers}",
            "sex": "FM"[n % 2],
            "seconds": 2.0,
            "sha256": hashlib.sha256(str(n).encode()).hexdigest(),
        }
        for n in range(count)
    ]


def write_run(
    root: Path,
    conditions,
    listed=None,
    seed=0,
    missing=(),
    versions=("1", "1"),
    settings="",
    others=None,
) -> Path:
    """A run of {condition: (codec, kind, kbps, gain of all columns)}.

    `others` are further metrics, with the means of their columns.
    """
    others = others or {}
    columns = COLUMNS | {c: mean for of_metric in others.values() for c, mean in of_metric.items()}
    random = np.random.default_rng(seed)
    listed = listed or items()
    hardness = np.random.default_rng(99).normal(0, 0.1, len(listed))
    rows = []
    for name, (_, _, kbps, gain) in conditions.items():
        for number, item in enumerate(listed):
            rows.append((name, item["id"], 0, "seconds", item["seconds"], ""))
            rows.append((name, item["id"], 0, "payload_bits", 1000 * kbps * item["seconds"], ""))
            for column, mean in columns.items():
                value = mean + gain + hardness[number] + random.normal(0, 0.02)
                failed = (name, item["id"]) in missing
                rows.append(
                    (name, item["id"], 0, column, *((np.nan, "broke") if failed else (value, "")))
                )
    manifest = {
        "nscbench": "0.1",
        "started": "2026-01-01T00:00:00+00:00",
        "finished": "2026-01-01T00:10:00+00:00",
        "failures": 3 * len(missing),
        "suite": {"name": "made", "title": "Made up", "draws": 1},
        "conditions": [
            {
                "condition": name,
                "codec": codec,
                "kind": kind,
                "settings": f"{codec}(kbps={kbps}{settings})",
                "sample_rate": 16000,
                "nominal_kbps": kbps,
                "stochastic": False,
                "fingerprint": "",
                "backend": "",
            }
            for name, (codec, kind, kbps, _) in conditions.items()
        ],
        "metrics": [
            {"metric": metric, "version": version}
            for metric, version in zip(
                ("pesq", "stoi", *others), (*versions, *("1" for _ in others)), strict=True
            )
        ],
        "unavailable": {},
        "seeds": "made",
        "device": "cpu",
        "hardware": {"system": "none", "python": "3", "processor": "none", "cores": 2},
        "packages": {"numpy": "2"},
        "items": listed,
    }
    root.mkdir(parents=True)
    (root / "manifest.json").write_text(json.dumps(manifest))
    pd.DataFrame(rows, columns=ROW_COLUMNS).to_csv(root / "rows.csv", index=False)
    pd.DataFrame(columns=["condition", "item", "finding"]).to_csv(root / "checks.csv", index=False)
    return root


def ladder(codec, gain=0.0, rates=(6, 8, 12, 24)):
    """Conditions of a codec whose values rise with the bitrate."""
    return {f"{codec}-{r}": (codec, "codec", r, gain + 0.3 * np.log2(r / 6)) for r in rates}


def record_of_decoded(path: Path, item: str) -> dict:
    """What a journal says of a decoded file of an item, whose samples have any hash."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        **{"key": path.parent.name + item, "condition": path.parent.name, "item": item},
        **{"draw": 0, "sha256": "0" * 64, "file_sha256": digest},
    }


def write_journal(root: Path, records: list[dict]) -> None:
    """The journal of a run."""
    text = "".join(json.dumps(record) + "\n" for record in records)
    (root / "journal.jsonl").write_text(text)


def write_audio(root: Path, seconds=1.0) -> None:
    """Recordings of a run, and decoded audio of all its conditions: bursts of noise."""
    manifest = json.loads((root / "manifest.json").read_text())
    records = []
    for number, item in enumerate(manifest["items"]):
        random = np.random.default_rng(number)
        audio = 0.1 * random.normal(size=round(16_000 * seconds)) * np.hanning(16_000 * seconds)
        item["path"] = str(root / "recordings" / f"{item['id']}.flac")
        paths = [Path(item["path"])]
        paths += [
            root / "decoded" / c["condition"] / f"{item['id']}.flac" for c in manifest["conditions"]
        ]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, audio, 16_000)
        item["sha256"] = hashlib.sha256(paths[0].read_bytes()).hexdigest()
        records += [record_of_decoded(path, item["id"]) for path in paths[1:]]
    write_journal(root, records)
    (root / "manifest.json").write_text(json.dumps(manifest))
