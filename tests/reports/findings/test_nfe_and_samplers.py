"""Findings about NFE, samplers and seeds, in runs with planted truths."""

from pathlib import Path

import numpy as np
import pytest

from nscbench.benchmarks.store.costs import read_costs
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.findings import nfe_and_samplers, seeds
from support.findings_runs import drawn, edited
from support.runs import items, write_run

NFES = (1, 2, 4, 10, 25)


def nfe_run(root: Path, by_nfe: dict[int, float], sampler: float | None = None) -> Path:
    """mel2mel at several NFE with these gains, and DPM-Solver++ at 4 with a gain of its own."""
    made = {f"mel2mel-3-nfe{nfe}": ("mel2mel", "codec", 3, gain) for nfe, gain in by_nfe.items()}
    settings = {name: f"Mel2Mel(nfe={name.partition('nfe')[2]}, sampler='euler')" for name in made}
    if sampler is not None:
        name = "mel2mel-3-nfe4-samplerdpmpp"
        made[name] = ("mel2mel", "codec", 3, sampler)
        settings[name] = "Mel2Mel(nfe=4, sampler='dpmpp')"
    return edited(write_run(root / "nfe", made, items(40, 20)), settings)


def test_the_knee_is_where_quality_ends_to_rise(tmp_path):
    root = nfe_run(tmp_path, {1: 0.0, 2: 0.1, 4: 0.2, 10: 0.2, 25: 0.2})
    run = read_run(root)
    answer = nfe_and_samplers.knees(run.scores, read_costs(run))
    assert answer.verdict == "mel2mel 3 kbit/s: 4"
    assert "from NFE 4 on, no metric is significantly worse than at 25" in answer.sentence
    assert [line[1] for line in answer.tables[0].lines] == ["4"] * 3


def test_a_dip_after_a_good_start_is_before_the_knee(tmp_path):
    run = read_run(nfe_run(tmp_path, {1: 0.2, 2: 0.0, 4: 0.1, 10: 0.1, 25: 0.1}))
    answer = nfe_and_samplers.knees(run.scores, read_costs(run))
    assert answer.verdict == "mel2mel 3 kbit/s: 4"
    assert "some smaller NFE is significantly better" in answer.sentence
    head, line = answer.tables[0].head, answer.tables[0].lines[0]
    assert line[head.index("better than largest")] == "1"


def test_quality_that_always_rises_has_its_knee_at_the_end(tmp_path):
    run = read_run(nfe_run(tmp_path, dict(zip(NFES, np.arange(5) / 10, strict=True))))
    assert nfe_and_samplers.knees(run.scores, read_costs(run)).verdict == "mel2mel 3 kbit/s: 25"


def test_the_time_at_the_knee(tmp_path):
    root = nfe_run(tmp_path, {1: 0.0, 4: 0.2, 25: 0.2})
    (root / "cost.csv").write_text(
        "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,"
        "hardware\n"
        "mel2mel-3-nfe4,1,0.25,1,1,1,1,chip\nmel2mel-3-nfe25,1,1.5,1,1,1,1,chip\n"
    )
    run = read_run(root)
    sentence = nfe_and_samplers.knees(run.scores, read_costs(run)).sentence
    assert "takes 0.25 s there for a second of audio, 1.5 s at the end" in sentence


@pytest.mark.parametrize(("gain", "verdict"), [(0.1, "dpmpp"), (0.0, "undecided"), (-0.1, "euler")])
def test_samplers_at_equal_nfe(tmp_path, gain, verdict):
    run = read_run(nfe_run(tmp_path, dict.fromkeys(NFES, 0.0), gain))
    assert nfe_and_samplers.samplers(run.scores).verdict == f"mel2mel at 3 kbit/s: {verdict}"


def test_seeds_turn_neighbours_that_are_alike_and_no_others(tmp_path):
    gains = {"mel2mel": 0.0, "lat2lat": 0.0, "lat2mel": 1.0}
    answer = seeds.seed_spread(drawn(tmp_path, gains, 0.3).scores, 3)
    assert answer.sentence.startswith("Of 6 pairs of neighbours (3 cells, 3 metrics), 3 are within")
    assert answer.missing[0] == "mel2wav-3 with several draws"
    far = {"mel2mel": 0.0, "lat2lat": 0.5}
    apart = seeds.seed_spread(drawn(tmp_path / "far", far, 0.01).scores, 3)
    assert apart.verdict == "0 of 3 neighbouring pairs within the seeds' reach"
    assert "the order of 0 turns" in apart.sentence
