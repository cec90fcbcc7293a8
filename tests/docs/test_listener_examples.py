"""What docs/metrics_and_listeners.md takes published ratings with."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from nscbench.benchmarks.run.suite import load_suite
from nscbench.listening_test.validity.matching import read_matches
from nscbench.listening_test.validity.ratings import read_opinions
from support.recordings import wav

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HEARD = ("Lyra 3", "Proposed 5.51 16kHz", "Reference", "Anchor")


@pytest.mark.parametrize(("name", "count"), [("xiph_lace", 7), ("xiph_nolace", 10)])
def test_the_votes_conditions_are_those_of_the_suite(name, count) -> None:
    suite = load_suite("votes")
    conditions = {codec.condition for codec in suite.codecs} | set(suite.unavailable)
    matched = read_matches([str(EXAMPLES / f"{name}.csv")]).values()
    assert len(set(matched)) == count
    assert set(matched) <= conditions
    assert len(conditions - {c for c in suite.unavailable if "-" not in c}) >= 10


def test_the_mushra_test_becomes_a_suite_and_ratings(tmp_path: Path) -> None:
    dataset = tmp_path / "dataset"
    with_files = []
    for number, item in enumerate(("VCTK_p229_293", "TSP_FB07_09")):
        for condition in HEARD:
            file = (
                "" if condition == "Anchor" else f"stim_{number}/{condition.replace(' ', '_')}.wav"
            )
            if file:
                (dataset / "audio" / file).parent.mkdir(parents=True, exist_ok=True)
                wav(dataset / "audio" / file, rate=24_000)
            with_files.append([item, condition, "[41.0, 90.0]", "[2, 13]", file])
    with (dataset / "ratings_formated.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["signal", "condition", "ratings", "participant_ids", "file"])
        writer.writerows(with_files)
    target = tmp_path / "set"
    script = EXAMPLES / "stahl2024.py"
    subprocess.run([sys.executable, str(script), str(dataset), str(target)], check=True)
    suite = load_suite(str(target / "suite.toml"))
    assert [c.condition for c in suite.codecs] == ["pcm", "heard-lyra-3.2", "heard-bvrnn16k-5.51"]
    opinions = read_opinions([target / "ratings.csv"])
    assert set(opinions.conditions) == {"anchor35", "reference", *HEARD[:2]}
    assert (opinions.listeners, len(opinions.score)) == (("13", "2"), 16)
    matched = read_matches([str(target / "match.csv")])
    assert matched == {"Lyra 3": "heard-lyra-3.2", "Proposed 5.51 16kHz": "heard-bvrnn16k-5.51"}
