"""Three runs with audio, as the site merges them."""

import json

import pytest

from nscbench.benchmarks.commands.report import families, read_signal
from nscbench.benchmarks.commands.site import sources
from nscbench.benchmarks.store.finished_run import merge, read_run
from nscbench.reports.site.board import Board
from nscbench.reports.site.listening import sounds
from support.runs import items, ladder, write_audio, write_run

CONTROL = {"pcm": ("pcm", "control", 256, 2.0)}
COSTS = (
    "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,hardware,"
    "impulse_delay_ms,cut_delay_ms,not_measured\n"
)


@pytest.fixture(scope="session")
def roots(tmp_path_factory):
    """`opus` and `pcm`, `new` and `pcm`, `dac-24k` of two items less; costs of the first two."""
    folder = tmp_path_factory.mktemp("runs")
    listed = items(12, 6)
    parts = {
        "a": (ladder("opus") | CONTROL, listed),
        "b": (ladder("new", 0.15) | CONTROL, listed),
        "c": (ladder("dac-24k", 0.3, (6, 12)), listed[:10]),
    }
    for seed, (name, (conditions, own)) in enumerate(parts.items()):
        write_run(folder / name, conditions, own, seed=seed)
        write_audio(folder / name, seconds=8.0)  # still plays when a busy machine looks
    (folder / "a" / "cost.csv").write_text(COSTS + "opus-6,0.1,0.1,0,2e6,90,1,cpu,6.5,20,\n")
    (folder / "b" / "cost.csv").write_text(
        COSTS + "new-6,0.1,0.1,3e6,5e9,900,1,cpu,,,impulse_delay_ms: the codec needs the whole "
        "signal\nnew-8,0.1,0.1,3e6,,900,1,cpu,30,40,\n"
    )
    say(folder / "b", "new-6", paper="A. Author, 2026", licence="MIT", weights_licence="CC-BY-4.0")
    return [folder / name for name in parts]


def say(root, condition, **source):
    """Let a run's manifest tell whose a condition is."""
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["sources"] = {condition: source}
    (root / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(scope="session")
def board(roots):
    merged = merge([read_run(root) for root in roots])
    return Board(merged, families(merged), sources(merged))


@pytest.fixture(scope="session")
def made(board):
    return sounds(board.material.run, read_signal)
