"""Tests beside MUSHRA, made from a run."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from nscbench.listening_test.prepare.judged import make_judged_test
from nscbench.listening_test.schema import REFERENCE, BuildError
from nscbench.listening_test.votes import ATTENTION, GOLD, NULL_PAIR, TESTS
from support.judged_tests import SIX, WORDS, request_of
from support.mushra_run import KINDS, RATE


@pytest.fixture(scope="module", params=TESTS)
def made(request, run, tmp_path_factory):
    return make_judged_test(run, request_of(request.param, tmp_path_factory.mktemp("words")))


def rated(test):
    return [t.presentation for t in test.trials if t.presentation.role == "rated"]


def conditions(presentation):
    return tuple(heard.condition for heard in presentation.heard)


def test_every_condition_is_heard_on_every_clip_equally_often(made):
    kind, found = made.request.test, rated(made)
    clips = {p.clip for p in found}
    codecs = [name for name, is_a in KINDS.items() if is_a == "codec"]
    for clip in clips:
        heard = Counter(conditions(p) for p in found if p.clip == clip)
        if kind in ("acr", "drt", "mrt"):
            expected = [(REFERENCE,), *((name,) for name in codecs)]
        elif kind == "dcr":
            expected = [(REFERENCE, name) for name in codecs]
        elif kind == "ccr":
            expected = [pair for c in codecs for pair in ((REFERENCE, c), (c, REFERENCE))]
        elif kind == "ab":
            expected = [tuple(codecs), tuple(reversed(codecs))]
        else:
            heard = Counter(conditions(p)[:2] for p in found if p.clip == clip)
            expected = [pair for c in codecs for pair in ((REFERENCE, c), (c, REFERENCE))]
        assert heard == Counter(expected)


def test_trials_of_a_check_look_like_the_others(made):
    ids = [trial.id for trial in made.trials if trial.presentation.role != "training"]
    assert ids == [f"trial-{n:03d}" for n in range(1, len(ids) + 1)]
    roles = {t.presentation.role for t in made.trials}
    expected = {"training", "rated", GOLD}
    if made.request.test in ("acr", "dcr", "ccr"):
        expected |= {ATTENTION}
    if made.request.test in ("dcr", "ccr"):
        expected |= {NULL_PAIR}
    assert roles == expected
    checks = {t.id for t in made.trials if t.presentation.role not in ("training", "rated")}
    for block in made.blocks:
        assert checks <= set(block)


def test_the_same_request_gives_the_same_test(made, run):
    if made.request.test not in ("dcr", "drt"):
        pytest.skip("two types are enough")
    again = make_judged_test(run, made.request)
    assert again.id == made.id
    assert [t.order for t in again.trials] == [t.order for t in made.trials]
    other = make_judged_test(run, replace(made.request, seed=4))
    assert other.id != made.id


def test_x_is_either_and_has_an_id_of_its_own(run, tmp_path):
    test = make_judged_test(run, request_of("abx", tmp_path))
    asked = Counter()
    for trial in test.trials:
        a, b, x = trial.order
        assert len({a, b, x}) == 3
        (answer,) = trial.presentation.expected
        same = a if answer == "a" else b
        assert np.array_equal(test.signals[x], test.signals[same])
        if trial.presentation.role == "rated":
            asked[answer, test.heard[x].condition == REFERENCE] += 1
    assert set(asked.values()) == {2}  # of the two pairs
    assert len(asked) == 4


def test_a_null_pair_is_the_original_under_two_ids(run, tmp_path):
    test = make_judged_test(run, request_of("dcr", tmp_path))
    (trial,) = [t for t in test.trials if t.presentation.role == NULL_PAIR]
    first, second = trial.order
    assert first != second
    assert np.array_equal(test.signals[first], test.signals[second])
    assert trial.presentation.expected == (4, 5)


def test_attention_is_as_many_tones_as_its_answer(run, tmp_path):
    for kind, shift in (("acr", 0), ("ccr", 4)):
        test = make_judged_test(run, request_of(kind, tmp_path))
        (trial,) = [t for t in test.trials if t.presentation.role == ATTENTION]
        signal = test.signals[trial.order[-1]][round(1.7 * RATE) :].astype(float)
        quiet = np.abs(signal.reshape(-1)[: len(signal) // 160 * 160]).reshape(-1, 160).max(1) < 50
        tones = np.count_nonzero(quiet[:-1] & ~quiet[1:])
        (answer,) = trial.presentation.expected
        assert tones == answer + shift


def test_short_items_of_one_speaker_are_joined(run, tmp_path):
    request = request_of("acr", tmp_path, clip_seconds=(3.0, 6.0), items=None)
    test = make_judged_test(run, request)
    assert set(test.clips) == {"a+c"}  # the only speaker with two items
    clip = test.clips["a+c"]
    trial = next(t for t in test.trials if t.presentation.role == "rated")
    assert len(test.signals[trial.order[0]]) == round(clip.seconds * RATE)
    assert any("unknown speakers" in remark for remark in test.remarks)


def test_blocks_split_the_trials_evenly(run, tmp_path):
    whole = make_judged_test(run, request_of("ccr", tmp_path, items=4))
    test = make_judged_test(run, request_of("ccr", tmp_path, items=4, minutes=1.1))
    assert len(whole.blocks) == 1
    assert len(test.blocks) == 2
    of = {t.id: t.presentation for t in test.trials}
    parts = [[name for name in block if of[name].role == "rated"] for block in test.blocks]
    assert sorted(name for part in parts for name in part) == sorted(
        name for name, p in of.items() if p.role == "rated"
    )
    for part in parts:
        assert len(part) == 8
        assert set(Counter(of[name].clip for name in part).values()) == {2}
        assert set(Counter(of[name].variant for name in part).values()) == {2}


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        ("acr", {"conditions": ("opus-6",)}, "the run: no condition is called 'opus-6'"),
        ("acr", {"conditions": ("late-1", "late-1")}, "named twice"),
        ("acr", {"conditions": (REFERENCE,)}, "only the reference is named"),
        ("acr", {"clip_seconds": None}, "8 to 12 s .*--clip-seconds"),
        ("acr", {"clip_seconds": (5.0, 3.0)}, "shortest <= longest"),
        ("acr", {"items": 30}, "--items 30: 1 to 5 clips"),
        ("acr", {"mnru": (60,)}, "no MNRU anchor of 60 dB"),
        ("acr", {"minutes": 0.5}, "1 to 120 are possible"),
        ("acr", {"against": "late-1"}, "--against is of ccr, ab, abx, not of acr"),
        ("acr", {"tie": True}, "--tie is of ab"),
        ("ab", {"conditions": ("late-1",)}, "one condition .* name two"),
        ("ab", {"against": "opus"}, "--against is reference or one of: late-1, noisy-6, pcm"),
        ("ccr", {"conditions": ("pcm",), "against": "pcm"}, "only pcm is named"),
        ("drt", {"words": None}, "needs a manifest of words"),
    ],
)
def test_what_gives_no_test_is_refused(run, tmp_path, kind, changes, why):
    with pytest.raises(BuildError, match=why):
        make_judged_test(run, request_of(kind, tmp_path, **changes))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("item,word\na,b\n", "no column 'alternatives'"),
        (WORDS.replace("\na,", "\nz,"), "line 2: the run has no item 'z'"),
        (WORDS.replace("beat,nasality\ns", "beat|heat,nasality\ns"), "line 4: 3 different words"),
        (WORDS.replace("\nb,", "\na,"), "line 3: item 'a' is named twice"),
        (WORDS.replace("veal,veal|", ",veal|"), "line 2: no word"),
        (WORDS.splitlines()[0], "has no line of words"),
        (SIX, "line 2: 6 different words .*; drt has 2"),
    ],
)
def test_a_manifest_of_words_is_checked(run, tmp_path, text, why):
    request = request_of("drt", tmp_path)
    request.words.write_text(text)
    with pytest.raises(BuildError, match=why):
        make_judged_test(run, request)


def test_a_word_is_asked_among_its_alternatives(run, tmp_path):
    for kind, count in (("drt", 2), ("mrt", 6)):
        test = make_judged_test(run, request_of(kind, tmp_path))
        for trial in test.trials:
            assert len(set(trial.words)) == count
            assert trial.presentation.spoken.word in trial.words
