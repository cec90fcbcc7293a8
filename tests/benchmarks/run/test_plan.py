"""The chain of keys, and the walk that reads a journal by it."""

from pathlib import Path

import pytest

from nscbench.benchmarks.data.items import Item
from nscbench.benchmarks.run.maker_digests import maker
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.provenance import metric_version
from nscbench.benchmarks.run.suite import Suite
from nscbench.benchmarks.store.journal import key_of
from nscbench.codecs import get

ITEMS = [Item(name, Path(f"{name}.flac"), "", "", "", 1.0, 16_000, name * 64) for name in "ab"]
AUDIO = {"sha256": "of the audio", "file_sha256": "of its file"}


def make_plan(*conditions, draws=1):
    codecs = tuple(get(name) for name in conditions)
    suite = Suite("made", "Made", "", codecs, ("level", "lsd"), draws, {})
    return Plan(suite, ITEMS, "cpu")


def score_key(decoded, reference, metric):
    return key_of("score", decoded, reference.sha256, metric, metric_version(metric), "")


def test_keys_are_those_that_runs_and_caches_have_on_disk():
    """A format: journals and caches of earlier runs are read by these keys."""
    plan = make_plan("mnru-20", draws=2)
    (codec,) = plan.suite.codecs
    made, item = maker(codec, "cpu"), ITEMS[0]
    encoded = key_of("encode", made, item.sha256)
    decoded = key_of("decode", made, "of the stream", "a", 1)
    records = {
        encoded: {"sha256": "of the stream"},
        decoded: AUDIO,
        score_key("of the audio", item, "level"): {"metric": "level"},
        key_of("match", "of the audio", item.sha256): {"reference": "r", "degraded": "d"},
    }
    _, step = plan.steps(codec, item, records.get)
    assert step.encoding.key == encoded
    assert step.decoding.key == decoded
    assert step.scoring.pair == key_of("pair", "of the audio", item.sha256)
    assert step.encoded == {"sha256": "of the stream"}
    assert step.decoded == AUDIO
    assert step.scores == {"level": {"metric": "level"}, "lsd": None}
    assert step.match == {"reference": "r", "degraded": "d"}


def test_the_walk_goes_condition_by_condition_item_by_item_draw_by_draw():
    steps = make_plan("pcm", "mnru-20", draws=2).walk({}.get)
    assert [(step.codec.condition, step.item.id, step.draw) for step in steps] == [
        *(("pcm", "a", 0), ("pcm", "b", 0)),
        *(("mnru-20", "a", 0), ("mnru-20", "a", 1), ("mnru-20", "b", 0), ("mnru-20", "b", 1)),
    ]


def test_what_is_not_encoded_has_nothing_after_it():
    step = next(make_plan("pcm").walk({}.get))
    assert step.encoded is step.decoding is step.decoded is step.scoring is step.match is None
    assert step.scores == {"level": None, "lsd": None}


def test_records_are_looked_up_when_they_are_asked_for():
    asked = []

    def find(key):
        asked.append(key)
        return {"sha256": "s"}

    steps = list(make_plan("pcm").walk(find))
    assert asked == [step.encoding.key for step in steps]
    assert steps[0].decoded
    assert len(asked) == 3


@pytest.mark.parametrize(("condition", "item"), [("pcm", "a"), ("swapped", "b")])
def test_a_swapped_control_is_held_against_the_next_item(condition, item):
    step = next(make_plan(condition).walk(lambda key: {"sha256": "s", "file_sha256": "f"}))
    assert step.item.id == "a"
    assert step.scoring.reference.id == item
    reference = {"a": ITEMS[0], "b": ITEMS[1]}[item]
    assert step.scoring.keys["lsd"] == score_key("s", reference, "lsd")
