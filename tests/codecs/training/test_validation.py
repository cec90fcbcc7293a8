"""Validation: what is measured, on which items, and what no metric can measure."""

import numpy as np
import pytest
import torch
from torch import nn

from nscbench.codecs.training import validation
from nscbench.codecs.training.data import Recording
from nscbench.codecs.training.validation import ValidationItem, read_validation_items, validate
from nscbench.metrics import get
from support.tiny_training import tiny_mel, write_speech

THOROUGH = validation.THOROUGH  # in tests of training, `_brief` leaves two of them


class Echo(nn.Module):
    """Renders the item itself, and nothing at all."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


@pytest.fixture
def component(monkeypatch: pytest.MonkeyPatch):
    made = tiny_mel()
    monkeypatch.setattr(made, "distances", lambda model, audio: {"own": audio.abs().mean()})
    monkeypatch.setattr(
        made, "renderings", lambda model, audio: {"clean": audio, "nothing": 0 * audio}
    )
    return made


def items(speech_like, count: int) -> list[ValidationItem]:
    signals = [torch.from_numpy(speech_like(1.2, 16_000, seed)) for seed in range(count)]
    return [ValidationItem(f"i{n}", signal) for n, signal in enumerate(signals)]


@pytest.mark.slow
def test_a_judgement_has_the_columns_of_all_metrics(
    component, speech_like, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "THOROUGH", THOROUGH)
    scores, sounds = validate(component, Echo(), items(speech_like, 1), thorough=True)
    for name in THOROUGH:
        for column in get(name).directions:
            assert np.isfinite(scores[f"clean/{column}"])
    assert scores["clean/mel_l1"] == 0
    assert scores["clean/estoi"] == pytest.approx(1, abs=1e-6)
    assert np.isnan(scores["nothing/f0_rmse"])  # a refused pair is not left out of the mean
    assert sounds.keys() == {"i0-clean", "i0-nothing"}


def test_while_training_goes_on_a_few_items_are_measured(component, speech_like) -> None:
    many = items(speech_like, validation.QUICK_ITEMS + 3)
    scores, _ = validate(component, Echo(), many)
    columns = {name.partition("/")[2] for name in scores if name.startswith("clean/")}
    assert columns == {"mel_l1", "pesq_wb", "stoi", "estoi", "mel_distance"}
    chosen = np.linspace(0, len(many) - 1, validation.QUICK_ITEMS).round().astype(int)
    expected = np.mean([float(many[place].audio.abs().mean()) for place in chosen])
    assert scores["own"] == pytest.approx(expected, rel=1e-6)


def test_items_are_of_all_speakers_and_whole_hops(tmp_path) -> None:
    speech = write_speech(tmp_path) / "speech"
    recordings = [
        Recording(speech / f"{name}.wav", speaker)
        for name, speaker in zip("abc", "xyx", strict=True)
    ]
    found = read_validation_items(recordings, 16_000, 320, 5)
    assert [item.name for item in found] == ["c", "b"]  # the last of speaker x, and y's
    assert [len(item.audio) for item in found] == [1600, 14_400]
    assert [item.name for item in read_validation_items(recordings, 16_000, 320, 1)] == ["c"]
