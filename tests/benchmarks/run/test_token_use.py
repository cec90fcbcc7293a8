"""What a run says of tokens, and what `verify` makes of it."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from nscbench.benchmarks.data.items import read_items
from nscbench.benchmarks.run.plan import Plan
from nscbench.benchmarks.run.suite import load_suite
from nscbench.benchmarks.run.token_use import not_measured
from nscbench.benchmarks.store.finished_run import merge, read_run
from nscbench.benchmarks.store.journal import RecordedWork
from nscbench.benchmarks.store.results import TOKEN_COLUMNS
from nscbench.benchmarks.store.run_directory import RunDirectory
from nscbench.benchmarks.verify.token_use import token_differences
from nscbench.codecs import available, get
from support import small_runs

SUITE = (
    'metrics = ["level"]\n[[condition]]\ncodec = "gan"\nkbps = 1.5\n[[condition]]\ncodec = "pcm"\n'
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    if missing := available()["gan"].unavailable():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("tokens")
    small_runs.write_recordings(folder / "items", "abc")
    (folder / "suite.toml").write_text(SUITE)
    words = (folder / "suite.toml", "--items", folder / "items", "--out", folder / "run")
    assert small_runs.run(*words) == 0
    return folder / "run"


def differences(root, manifest):
    suite = load_suite(str(root.parent / "suite.toml"))
    plan = Plan(suite, read_items(root.parent / "items"), "cpu")
    directory = RunDirectory(root)
    tables = {directory.tokens: pd.read_csv(directory.tokens)}
    with RecordedWork(root, directory.journal) as journal:
        return list(token_differences(plan, journal.get, directory, manifest, tables))


def test_tokens_are_columns_of_token_codecs_alone(run):
    board = pd.read_csv(run / "leaderboard.csv").set_index("condition")
    assert board.columns[-1] == "bitrate"
    own = board.loc["gan-1.5", list(TOKEN_COLUMNS)]
    assert (own["frames_per_second"], own["tokens_per_second"]) == (50, 150)
    assert own["bits_per_token"] == pytest.approx(10, abs=0.1)  # a payload ends with a whole byte
    assert 0 < own["codebook_use"] <= 75 / 1024
    assert np.isnan(own["entropy1_kbps"])  # 25 frames an item
    assert board.loc["pcm", list(TOKEN_COLUMNS)].isna().all()
    books = pd.read_csv(run / "tokens.csv")
    assert books[["condition", "codebook", "entries"]].to_numpy().tolist() == [
        ["gan-1.5", number, 1024] for number in range(3)
    ]
    assert (books["tokens"] == 75).all()
    assert "tokens.csv" in (run / "SHA256SUMS").read_text()


def test_verify_holds_them_against_the_bitstreams(run):
    manifest = json.loads((run / "manifest.json").read_text())
    assert differences(run, manifest) == []
    manifest["conditions"][0]["tokens"]["codebook_use"] = 1.0
    (told,) = differences(run, manifest)
    assert "gan-1.5: codebook_use is 1, its bitstreams make 0.0" in told
    for entry in manifest["conditions"]:
        del entry["tokens"]  # as runs of older versions
    assert differences(run, manifest) == []


def test_tokens_of_other_items_are_not_those_of_both(run):
    one, other = read_run(run), read_run(run)
    together = merge([one, other])
    assert together.scores.conditions["gan-1.5"]["tokens"]
    next(iter(other.manifests[0]["conditions"]))["tokens"] = {"codebook_use": 0.9}
    assert merge([one, other]).scores.conditions["gan-1.5"]["tokens"] == {}


@pytest.mark.parametrize("condition", ["gan-1.5", "lyra-3.2"])
def test_a_payload_tells_its_tokens(condition, speech_like):
    if missing := available()[condition.split("-")[0]].unavailable():
        pytest.skip(missing)
    codec = get(condition)
    (payload,) = codec.encode([torch.from_numpy(speech_like(0.4, 16_000))])
    tokens = codec.tokens(payload)
    bits = len(tokens.codebooks) * (tokens.entries - 1).bit_length()
    assert 1000 * codec.nominal_kbps == pytest.approx(bits * tokens.frame_rate)
    assert {len(book) for book in tokens.codebooks} == {tokens.frames}
    assert all({*book.tolist()} <= {*range(tokens.entries)} for book in tokens.codebooks)


def test_missing_entropies_of_many_codecs_are_one_short_sentence():
    few = {f"c{number}": {"bits_per_token": 10.0} for number in range(16)}
    (said,) = not_measured(few | {"long": {"entropy0_kbps": 1.0, "entropy1_kbps": 1.0}})
    assert said.startswith(
        "entropy of order 0 and 1 of the tokens is not measured (c0, c1, c2 and "
    )
    assert "13 more" in said
    assert "long" not in said
    first, second = not_measured({"a": {"entropy0_kbps": 1.0}, "b": {}})
    assert "order 0 of the tokens is not measured (b)" in first
    assert "order 1 of the tokens is not measured (a, b)" in second
