"""What other boards import."""

import json

import numpy as np
import pytest

from nscbench.reports.site.export import model_index, results


@pytest.fixture(scope="module")
def document(board):
    return json.loads(json.dumps(results(board), allow_nan=False))


def test_the_support_is_stated(document, board):
    support = document["support"]
    assert (support["items"], support["speakers"], support["seconds"]) == (10, 6, 20)
    assert support["ids"] == list(board.scores.items)
    assert [run["name"] for run in document["runs"]] == ["a", "b", "c"]
    assert "/" not in document["runs"][0]["name"]


def test_a_record_has_rate_costs_terms_and_means(document, board):
    (record,) = (line for line in document["records"] if line["condition"] == "new-6")
    assert record["kbps"] == {"nominal": 6, "measured": 6, "source": "measured"}
    assert (record["delay_ms"], record["macs_per_second"]) == (None, 5e9)
    assert record["licence"] == {"code": "MIT", "weights": "CC-BY-4.0"}
    assert record["paper"] == "A. Author, 2026"
    assert (record["run"], record["n"], record["N"]) == (1, 10, 10)
    assert record["suite_sha256"] == document["runs"][1]["suite_sha256"]
    found = record["metrics"]["pesq_wb"]
    values = board.scores.of("pesq_wb")["new-6"]
    assert found["mean"] == pytest.approx(values.mean())
    assert found["low"] < found["mean"] < found["high"]
    assert found["n"] == 10
    assert found["rank"] > 1


def test_every_condition_and_column_is_told_once(document, board):
    names = [line["condition"] for line in document["records"]]
    assert sorted(names) == sorted(board.scores.conditions)
    assert document["columns"]["stoi"] == {
        **{"title": "STOI", "better": "higher", "metric": "stoi", "version": "1"},
        "sample_rate": 16_000,
    }
    assert {column for line in document["records"] for column in line["metrics"]} == set(
        document["columns"]
    )


def test_a_model_index_is_one_for_the_hub(document, board):
    hub = pytest.importorskip(
        "huggingface_hub.repocard_data", reason="comes with the extra `published`"
    )
    content = model_index(document, board.codec_of["new-6"])
    name, found = hub.model_index_to_eval_results(content["model-index"])
    assert name == "new"
    assert len(found) == 4 * 3
    (one,) = (e for e in found if e.metric_name == "PESQ-WB (MOS-LQO), new-6")
    assert one.metric_type == "pesq_wb"
    assert one.metric_value == pytest.approx(np.mean(board.scores.of("pesq_wb")["new-6"]))
    assert one.metric_args == {"condition": "new-6", "kbps": 6}
    assert (one.dataset_name, one.dataset_revision) == ("Made up", board.items_digest)
