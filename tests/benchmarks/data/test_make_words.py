"""The embedded set of words: labels, levels, and a manifest that a listening test takes."""

import numpy as np
import soundfile

from nscbench.benchmarks.data import make_demo, make_words
from nscbench.benchmarks.data.items import EMBEDDED, read_items
from nscbench.listening_test.prepare.words import read_words

FOLDER = EMBEDDED["words"]


def test_every_word_is_labelled_as_synthetic_and_is_short():
    items = read_items("words")
    assert len(items) == 2 * len(make_words.PAIRS)
    for item in items:
        assert item.id == f"synthetic_{item.text}"
        assert 0.3 < item.seconds < 1.5
        assert "Synthetic speech: flite" in soundfile.SoundFile(item.path).comment


def test_the_manifest_pairs_what_one_voice_says():
    items = {item.id: item for item in read_items("words")}
    words = {spoken.word: spoken for spoken in read_words(FOLDER / "words.csv", "drt", items)}
    assert {spoken.feature for spoken in words.values()} == set(make_words.PAIRS)
    for spoken in words.values():
        assert items[spoken.item].text == spoken.word
        speakers = {items[words[word].item].speaker for word in spoken.alternatives}
        assert len(speakers) == 1


def test_the_words_have_the_level_of_the_demo_set():
    for item in read_items("words"):
        signal, _ = soundfile.read(item.path)
        power = np.array(
            [np.mean(signal[i : i + 320] ** 2) for i in range(0, len(signal) - 319, 320)]
        )
        active = power > power.max() * 10**-3.5
        level = 10 * np.log10(power[active].mean())
        assert abs(level - make_demo.LEVEL) < 1.0
