import json
from pathlib import Path

from nscbench.codecs.training.effort import Effort, describe, runs_of


def test_a_card_tells_sums_and_runs(tmp_path: Path):
    runs = (Effort(10, 1.0, 0.5, 51.2, "A", "abc"), Effort(5, 2.0, 1.5, 25.6))
    told = describe(runs)
    assert (told["steps"], told["minutes"], told["cpu_minutes"]) == (15, 3.0, 2.0)
    assert told["audio_seconds"] == 76.8
    (tmp_path / "gan.json").write_text(json.dumps({"component": "gan", **told}))
    assert runs_of(tmp_path / "gan.safetensors") == runs


def test_older_cards_are_one_run(tmp_path: Path):
    (tmp_path / "gan.json").write_text(
        json.dumps({"steps": 7, "minutes": 3.5, "audio_seconds": 9.0, "commit": "abc"})
    )
    assert runs_of(tmp_path / "gan.safetensors") == (Effort(7, 3.5, 0.0, 9.0, commit="abc"),)


def test_weights_without_a_card_have_no_runs(tmp_path: Path):
    assert runs_of(tmp_path / "gan.safetensors") == ()
