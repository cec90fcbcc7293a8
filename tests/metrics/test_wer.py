"""What a recognizer hears, and the errors that are counted."""

import numpy as np
import pytest

from nscbench.metrics import wer
from nscbench.metrics.base import Undefined
from nscbench.metrics.machinery import recognizer
from nscbench.metrics.machinery.recognizer import normalize

pytest.importorskip("jiwer")
transformers = pytest.importorskip("transformers")
weight_stand_ins = pytest.importorskip("support.weight_stand_ins")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t—stop!", "don't stop"),
        ("  The CAFÉ's\n“naïve” idea: ", "the cafe's naive idea"),
        ("mother-in-law, 12 o'clock", "mother in law 12 o'clock"),
        ("'quoted' rock 'n' roll", "quoted rock n roll"),
        ("snake_case ﬁnds its way", "snake case finds its way"),
        ("?! ... —", ""),
    ],
)
def test_texts_are_compared_as_plain_lower_case_words(text, words):
    assert normalize(text) == words
    assert normalize(words) == words


@pytest.mark.parametrize(
    ("heard", "words", "characters"),
    [
        ("the cat sat on the mat", 0, 0),
        ("the cat sit on mat", 2, 5),  # a substitution and a deletion; i for a, "the "
        ("the the cat sat on the mat", 1, 4),  # an insertion
        ("", 6, 22),
    ],
)
def test_errors_are_those_of_the_shortest_edit(heard, words, characters):
    found = wer.rates("the cat sat on the mat", heard)
    assert found == pytest.approx((words / 6, characters / 22))


@pytest.fixture
def pair(speech_like):
    clean = speech_like(3.0, 16_000).astype(np.float64)
    return clean, np.clip(clean + 0.05 * np.random.default_rng(0).standard_normal(48_000), -1, 1)


def test_the_transcript_is_the_best_symbol_of_every_frame(stand_ins, pair):
    """The same network, by hand: normalized samples in, repeats and blanks out."""
    torch = pytest.importorskip("torch")
    folder = stand_ins / "hubert-large-ls960-ft"
    network = transformers.HubertForCTC.from_pretrained(folder).eval()
    samples = (pair[0] - pair[0].mean()) / np.sqrt(pair[0].var() + 1e-7)
    with torch.inference_mode():
        logits = network(torch.tensor(samples[None], dtype=torch.float32)).logits[0]
    best = [b for b in logits.argmax(dim=-1).tolist() if b not in (1, 2, 3)]  # special symbols
    kept = [b for a, b in zip([None, *best], best, strict=False) if b not in (a, 0)]
    expected = "".join(weight_stand_ins.LETTERS[b - 4] for b in kept).replace("|", " ")
    assert len(set(kept)) > 1
    assert recognizer.transcribe(pair[0]) == normalize(expected)


def test_the_references_errors_stand_beside_the_codecs(stand_ins, pair, monkeypatch):
    heard = {pair[0].tobytes(): "the cat sat on a mat", pair[1].tobytes(): "a cat on a mat"}
    monkeypatch.setattr(recognizer, "transcribe", lambda signal: heard[signal.tobytes()])
    values = wer.METRIC.score(*pair, "The cat sat on the mat.")
    assert values["wer"] == pytest.approx(3 / 6)
    assert values["wer_reference"] == pytest.approx(1 / 6)
    assert (values["text_words"], values["text_characters"]) == (6, 22)
    assert wer.METRIC.directions["wer"] == "lower"
    assert wer.METRIC.directions["wer_reference"] == "none"


@pytest.mark.parametrize("text", ["", " ... "])
def test_an_item_without_a_text_has_no_rate(stand_ins, pair, text):
    with pytest.raises(Undefined, match="does not say what is said"):
        wer.METRIC.score(*pair, text)
