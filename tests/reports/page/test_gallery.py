"""What is chosen to be listened to."""

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from nscbench.benchmarks.commands.report import read_signal
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.page import gallery as module
from nscbench.reports.page.gallery import gallery, picks
from nscbench.reports.page.material import Material
from nscbench.reports.page.spectrogram import spectrogram
from nscbench.reports.page.template_values import template_values
from support.runs import items, ladder, write_run


def test_the_gallery_shows_each_item_once(finished):
    found = picks(read_run(finished).scores)
    assert [pick.kind for pick in found] == ["worst"] * 3 + ["best"] * 3 + ["disagreed"] * 3
    assert len({pick.item for pick in found}) == 9


def test_the_gallery_finds_the_outlier(tmp_path):
    root = write_run(tmp_path / "run", ladder("opus"), items(12, 6))
    rows = pd.read_csv(root / "rows.csv")
    place = (
        (rows["condition"] == "opus-8") & (rows["item"] == "i007") & (rows["column"] == "pesq_wb")
    )
    rows.loc[place, "value"] -= 2
    rows.to_csv(root / "rows.csv", index=False)
    found = picks(read_run(root).scores)
    assert (found[0].item, found[0].condition) == ("i007", "opus-8")
    assert found[0].why.startswith("PESQ -3.")


def test_cards_hold_playable_audio_beside_conditions_of_near_bitrate(finished):
    shown = gallery(read_run(finished), read_signal)
    card = shown.cards[0]
    names = [sound.name for sound in card.sounds if sound.near]
    assert names[:2] == ["reference", card.pick.condition]
    kbps = card.pick.condition.split("-")[1]
    other = {"opus": "new", "new": "opus"}[card.pick.condition.split("-")[0]]
    assert names[2:] == [f"{other}-{kbps}", "ceiling"]
    for sound in card.sounds:
        script = shown.files[sound.file].decode()
        words = script.removeprefix("signal(").removesuffix(");\n")
        file, flac, png = json.loads(f"[{words}]")
        assert file == sound.file
        audio, rate = soundfile.read(io.BytesIO(base64.b64decode(flac)))
        assert len(audio) / rate == pytest.approx(1.0)
        assert Image.open(io.BytesIO(base64.b64decode(png))).size == (560, 150)


@pytest.mark.slow
def test_every_other_condition_can_be_chosen_as_far_as_there_is_room(finished, monkeypatch):
    run = read_run(finished)
    shown = gallery(run, read_signal)
    for card in shown.cards:
        names = [sound.name for sound in card.sounds]
        failed = {"new-6"} & ({"new-6"} if card.pick.item == "i003" else set())
        assert set(names) == {"reference", *run.scores.conditions} - failed
        assert not any(sound.near for sound in card.sounds if sound.name == "pcm")
        assert "kbit/s" not in card.sounds[names.index("ceiling")].values  # an oracle has none
    monkeypatch.setattr(module, "MOST", 40)
    few = gallery(run, read_signal)
    assert len(few.files) == 40
    counts = [len(card.sounds) for card in few.cards]
    assert set(counts) == {4, 5}  # the best one of the others, wherever it is not shown already
    assert sum(counts) == 40


def test_runs_without_their_recordings_have_no_cards(tmp_path):
    run = read_run(write_run(tmp_path / "run", ladder("opus", rates=(6, 8))))
    shown = gallery(run, read_signal)
    assert (shown.cards, shown.changed, len(shown.faults)) == ([], False, 9)
    assert shown.faults[0].endswith(".flac: is missing")
    assert template_values(Material(run), shown)["not_played"] == shown.faults


def test_a_tone_is_a_bright_line_at_its_frequency():
    """2 kHz of 8 kHz is a quarter from the bottom of the picture."""
    tone = 0.5 * np.sin(2 * np.pi * 2000 * np.arange(24_000) / 24_000)
    picture = np.asarray(Image.open(io.BytesIO(spectrogram(tone, 24_000))).convert("L"))
    brightest = picture[:, 280].argmax()
    assert brightest == pytest.approx(0.75 * picture.shape[0], abs=2)
