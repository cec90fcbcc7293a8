"""The MUSHRA test of Stahl et al. (2024) as a test set, decoded audio, a suite and ratings.

stahl2024.py DATASET FOLDER

DATASET is `mushra_results_dataset` of github.com/BenjSta/bernoulli-var-speech-codec. Its anchor has
no recordings, and listener and item of a rating stand in lists: here they are a line each.
"""

import ast
import csv
import hashlib
import shutil
import sys
from pathlib import Path

KBPS = {  # nominal; "Proposed" sends a variable bitrate
    "Lyra 3": ("lyra", 3.2),
    "Lyra 6": ("lyra", 6),
    "AudioDec": ("audiodec", 8),
    "Proposed 1.38": ("bvrnn", 1.38),
    "Proposed 5.51": ("bvrnn", 5.51),
    "Proposed 1.38 16kHz": ("bvrnn16k", 1.38),
    "Proposed 5.51 16kHz": ("bvrnn16k", 5.51),
}
CONDITION = """[[condition]]
codec = "heard-{codec}"
decoded = "{folder}"
kbps = {kbps}
sample_rate = 24000
"""

dataset, target = map(Path, sys.argv[1:])
(target / "recordings").mkdir(parents=True)
with (dataset / "ratings_formated.csv").open(newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))

ratings, items, folders = [], [], {}
for row in rows:
    condition, item, source = row["condition"], row["signal"], dataset / "audio" / row["file"]
    word = {"Reference": "reference", "Anchor": "anchor35"}.get(condition, condition)
    who = ast.literal_eval(row["participant_ids"])
    for listener, score in zip(who, ast.literal_eval(row["ratings"]), strict=True):
        ratings.append((listener, item, word, score))
    if condition == "Reference":
        copy = shutil.copy(source, target / "recordings" / f"{item}.wav")
        digest = hashlib.sha256(Path(copy).read_bytes()).hexdigest()
        items.append((item, f"{item}.wav", item.rsplit("_", 1)[0], "", digest))
    elif condition in KBPS:
        folder = target / f"decoded-{source.stem}"
        folder.mkdir(exist_ok=True)
        shutil.copy(source, folder / f"{item}.wav")
        folders[condition] = folder.name

for path, header, lines in (
    (target / "ratings.csv", ("listener", "item", "condition", "score"), ratings),
    (target / "recordings/manifest.csv", ("id", "path", "speaker", "sex", "sha256"), items),
):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *lines])

match = []
suite = ['title = "What the listeners of Stahl et al. heard"\n', '[[condition]]\ncodec = "pcm"\n']
for condition, folder in folders.items():
    codec, kbps = KBPS[condition]
    suite.append(CONDITION.format(codec=codec, folder=folder, kbps=kbps))
    match.append((condition, f"heard-{codec}-{kbps:g}"))
(target / "suite.toml").write_text("\n".join(suite), encoding="utf-8")
with (target / "match.csv").open("w", newline="", encoding="utf-8") as file:
    csv.writer(file, lineterminator="\n").writerows([("rated", "condition"), *match])
