"""Training data: crops by seed and step, speakers held out, and what is refused."""

from pathlib import Path

import pytest
import torch

from nscbench.codecs.training.data import DataError, find_recordings, hold_out, open_speech


def test_batches_depend_on_seed_and_step_alone(folder: Path) -> None:
    recordings = find_recordings(folder / "speech")
    first = open_speech(recordings, 16_000, folder)
    again = open_speech(recordings, 16_000, folder)  # from the pack
    assert first.total == again.total == 17_600 + 14_400 + 1_600
    one = first.batch(0, 7, 4, 3200).audio
    assert torch.equal(one, again.batch(0, 7, 4, 3200).audio)
    assert not torch.equal(one, first.batch(0, 8, 4, 3200).audio)
    assert not torch.equal(one, first.batch(1, 7, 4, 3200).audio)
    assert first.batch(0, 7, 64, 3200).audio.abs().max() <= 0.95 + 1e-6


def test_speakers_are_held_out(folder: Path) -> None:
    manifest = folder / "manifest.csv"
    lines = [f"x{i},speech/a.wav,speaker{i % 20}" for i in range(40)]
    manifest.write_text("\n".join(["id,path,speaker", *lines]))
    training, unseen = hold_out(find_recordings(manifest), 8)
    assert len(unseen) == 2
    assert not {r.speaker for r in training} & {r.speaker for r in unseen}
    assert len(training) == 36


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none", None, "neither a folder nor"),
        ("empty.csv", "id,path\n", "names no recording"),
        ("bad.csv", "id,file\n1,a.wav\n", "no column 'path'"),
        ("gone.csv", "id,path,speaker\n1,gone.wav,x\n2,gone.wav,y\n", "no recording"),
    ],
)
def test_bad_data_is_refused(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    source = tmp_path / name
    if content is not None:
        source.write_text(content)
    with pytest.raises(DataError, match=message):
        open_speech(find_recordings(source), 16_000, tmp_path)
