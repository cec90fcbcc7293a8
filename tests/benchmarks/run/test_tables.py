"""The tables that are made of a journal."""

from pathlib import Path

import pandas as pd
import pytest

from nscbench.benchmarks.data.items import Item
from nscbench.benchmarks.run import tables
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.suite import Suite
from nscbench.benchmarks.run.tables import checks_table, items_table, notices, rows_table, summary
from nscbench.codecs import get

ENCODED = {
    "seconds": 1.0,
    "payload_bits": 80,
    "container_bits": 8,
    "entropy_bits": None,
    "sha256": "s",
    "notices": ["resampled from 8000 to 16000 Hz", "2 channels mixed down to their mean"],
}


@pytest.fixture
def plan():
    items = [Item(n, Path(f"{n}.flac"), "", "", "", 1.0, 16_000, n * 64) for n in "abcde"]
    suite = Suite("made", "Made", "", (get("pcm"), get("mnru-20")), ("level",), 2, {})
    return Plan(suite, items, "cpu")


def journal(plan, score):
    """Records of everything, each score being `score`."""
    known = {}
    for codec in plan.suite.codecs:
        for item in plan.items:
            known[plan.encoding(codec, item).key] = ENCODED
    for step in plan.walk(known.get):
        known[step.decoding.key] = {"sha256": "d", "file_sha256": "f"}
    for step in plan.walk(dict(known).get):
        known |= dict.fromkeys(step.scoring.keys.values(), score)
    return known.get


def test_rows_are_the_same_in_any_blocks(plan, monkeypatch):
    find = journal(plan, {"values": {"level_db": 0.5}, "undefined": ""})
    whole = rows_table(plan, find, {})
    monkeypatch.setattr(tables, "BLOCK", 2)
    pd.testing.assert_frame_equal(rows_table(plan, find, {}), whole)
    assert whole["condition"].tolist() == ["pcm"] * 5 * 4 + ["mnru-20"] * 5 * (3 + 2)
    assert whole["item"].nunique() == 5


def test_a_row_has_a_value_or_its_reason(plan):
    level = ["level_db"]
    found = rows_table(plan, journal(plan, {"values": {}, "undefined": "silence"}), {})
    assert set(found[found["column"].isin(level)]["error"]) == {"undefined: silence"}
    failures = {("pcm", "a", 0, "level"): "broke"}
    found = rows_table(plan, {}.get, failures).set_index(["condition", "item", "draw"])["error"]
    assert found["pcm", "a", 0] == "broke"
    assert set(found.drop(("pcm", "a", 0))) == {"not reached"}


def test_notices_are_told_once_an_item_without_resampling(plan):
    told = notices(plan, journal(plan, {"values": {}, "undefined": "silence"}))
    assert told == [(item.id, "2 channels mixed down to their mean") for item in plan.items]


def test_nothing_to_check_is_an_empty_table(plan):
    assert list(checks_table(plan, {}.get).columns) == ["condition", "item", "finding"]
    found = pd.DataFrame({"condition": ["x", "x"], "item": ["a", "b"], "finding": ["", ""]})
    assert summary(found, 5) == ["x: the decoded audio of 2 of 5 items fits another item better"]


def test_items_keep_their_order(plan):
    assert items_table(plan.items)["id"].tolist() == list("abcde")
