"""Findings of made-up runs with planted truths: each is found, ties stay open, gaps are named."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from nscbench.reports.costs import read_costs
from nscbench.reports.figures.design_space import apart
from nscbench.reports.findings import cells, decodes, paper, steps, targets
from nscbench.reports.findings.answers import Answer
from nscbench.reports.findings.duels import fight, powerless
from nscbench.reports.findings.limits import limits
from nscbench.reports.findings.page import answers
from nscbench.reports.runs import Run, merge, read_run

sys.path.insert(0, str(Path(__file__).parent))
from runs import items, write_run

Gains = dict[str, float]
TIED = dict.fromkeys(cells.SIX, 0.0)


def conditions(gains: Gains, kbps: float = 3) -> dict[str, tuple[str, str, float, float]]:
    """Codecs at a bitrate, by their gain in all columns; oracles are the codecs called so."""
    made = {}
    for codec, gain in gains.items():
        oracle = codec.endswith("oracle")
        kind = "oracle" if oracle else "control" if codec == "pcm" else "codec"
        name = codec if kind != "codec" else f"{codec}-{kbps:g}"
        made[name] = (codec, kind, 0 if oracle else kbps, gain)
    return made


def made(root: Path, gains: Gains, **settings: object) -> Run:
    return read_run(write_run(root / "run", conditions(gains), items(40, 20), **settings))


def edited(root: Path, settings: dict[str, str]) -> Path:
    """The run with these settings of its conditions."""
    path = root / "manifest.json"
    manifest = json.loads(path.read_text())
    for entry in manifest["conditions"]:
        entry["settings"] = settings.get(entry["condition"], entry["settings"])
    path.write_text(json.dumps(manifest))
    return root


def test_a_planted_winner_is_found(tmp_path):
    answer = cells.best_of_six(made(tmp_path, TIED | {"mel2mel": 0.1}).scores, 3)
    assert answer.verdict == "yes"
    assert "better than all 5 others in 3 (PESQ, STOI and ESTOI)" in answer.sentence
    assert "beaten in none" in answer.sentence
    shown, every = answer.tables
    assert [line[-1] for line in shown.lines] == ["mel2mel-3"] * 3
    assert {cell[0] for line in shown.lines for cell in line[1:-1]} == {"▲"}
    assert len(every.lines) == 15 * 3


def test_a_planted_loser_is_found(tmp_path):
    answer = cells.best_of_six(made(tmp_path, TIED | {"lat2lat": 0.1}).scores, 3)
    assert answer.verdict == "no"
    assert "beaten in 3 (PESQ, STOI and ESTOI), by lat2lat-3 in 3" in answer.sentence


def test_a_tie_is_undecided(tmp_path):
    run = made(tmp_path, TIED | {"gan": 0.0, "mel-regression": 0.0, "mel-vocoder": 0.0})
    assert cells.best_of_six(run.scores, 3).verdict == "undecided"
    assert cells.beats_baseline(run.scores, 3).verdict == "undecided"
    added = cells.diffusion_adds(run.scores, 3)
    assert added.verdict == "over mel-regression-3: undecided; over mel-vocoder-3: undecided"


@pytest.mark.parametrize(
    ("gan", "lat2lat", "verdict", "sentence"),
    [
        (0.2, 0.0, "no", "gan-3 is significantly better than all 9 cells in 3 (PESQ, STOI and"),
        (0.1, 0.2, "yes", "lat2lat-3, better in 3 (PESQ, STOI and ESTOI), worse in none;"),
    ],
)
def test_whether_a_cell_beats_the_baseline(tmp_path, gan, lat2lat, verdict, sentence):
    gains = dict.fromkeys(cells.NINE, 0.0) | {"gan": gan, "lat2lat": lat2lat}
    answer = cells.beats_baseline(made(tmp_path, gains).scores, 3)
    assert answer.verdict == verdict
    assert sentence in answer.sentence
    assert answer.missing == ()


def test_a_cell_that_wins_in_one_metric_and_loses_in_another(tmp_path):
    root = write_run(tmp_path / "run", conditions({"gan": 0.0, "mel2mel": 0.1}), items(40, 20))
    rows = pd.read_csv(root / "rows.csv")
    rows.loc[(rows["condition"] == "mel2mel-3") & (rows["column"] == "pesq_wb"), "value"] -= 0.3
    rows.to_csv(root / "rows.csv", index=False)
    answer = cells.beats_baseline(read_run(root).scores, 3)
    assert answer.verdict == "partly"
    text = "mel2mel-3, better in 2 (STOI and ESTOI), worse in 1 (PESQ)"
    assert text in answer.sentence
    assert "wav2wav-3" in answer.missing


def test_what_diffusion_adds(tmp_path):
    gains = {"mel2mel": 0.0, "mel-regression": 0.1, "mel-vocoder": -0.1}
    answer = cells.diffusion_adds(made(tmp_path, gains).scores, 3)
    assert answer.verdict == "over mel-regression-3: no; over mel-vocoder-3: yes"
    assert "mel-regression-3 against mel-vocoder-3: of 3 metrics, better in 3" in answer.sentence


def test_ceilings(tmp_path):
    gains = {"mel2mel": 0.0, "mel2lat": 0.3, "mel-oracle": 0.2, "gan-oracle": 0.3, "pcm": 0.5}
    answer = cells.below_ceilings(made(tmp_path, gains).scores, 3)
    assert answer.verdict == "1 of 2 significantly below in PESQ"
    near, far = (answer.sentence.index(name) for name in ("mel2lat-3", "mel2mel-3 -0.2"))
    assert near < far < answer.sentence.index("The ceilings themselves: gan-oracle -0.2")


def test_missing_conditions_are_named(tmp_path):
    scores = made(tmp_path, {"mel2mel": 0.0, "lat2lat": -0.1, "opus": 0.0}).scores
    best = cells.best_of_six(scores, 3)
    assert best.verdict == "yes"
    assert best.missing == ("mel2wav-3", "mel2lat-3", "lat2wav-3", "lat2mel-3")
    assert "better than all 1 others" in best.sentence
    baseline = cells.beats_baseline(scores, 3)
    assert (baseline.verdict, baseline.missing[1]) == ("not answered", "gan-3")
    above = targets.above_opus(scores, 3)
    assert (above.verdict, above.missing) == ("not answered", ("gan-3", "opus-6"))
    assert targets.oracle_height(scores).missing == ("mel-oracle",)
    assert decodes.seed_spread(scores, 3).missing[0] == "mel2wav-3 with several draws"


def test_few_speakers_are_told_and_decide_nothing(tmp_path):
    """Six speakers: the least p-value is 1/32, and 15 adjusted tests cannot be significant."""
    root = write_run(tmp_path / "run", conditions(TIED | {"mel2mel": 1.0}), items(12, 6))
    answer = cells.best_of_six(read_run(root).scores, 3)
    assert answer.verdict == "undecided"
    assert answer.sentence.startswith("6 speakers are too few")


def test_power_depends_on_speakers_and_tests(tmp_path):
    root = write_run(tmp_path / "run", conditions({"a": 0.0, "b": 1.0}), items(16, 8))
    scores = read_run(root).scores
    table = fight(scores, [("b-3", "a-3")]).table
    assert table["better"].tolist() == ["b-3"] * 3
    assert not powerless(scores, table)
    assert powerless(scores, pd.concat([table] * 3))


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
    answer = steps.knees(run.scores, read_costs(run))
    assert answer.verdict == "mel2mel 3 kbit/s: 4"
    assert "from NFE 4 on, no metric is significantly worse than at 25" in answer.sentence
    assert [line[1] for line in answer.tables[0].lines] == ["4"] * 3


def test_a_dip_after_a_good_start_is_before_the_knee(tmp_path):
    run = read_run(nfe_run(tmp_path, {1: 0.2, 2: 0.0, 4: 0.1, 10: 0.1, 25: 0.1}))
    answer = steps.knees(run.scores, read_costs(run))
    assert answer.verdict == "mel2mel 3 kbit/s: 4"
    assert "some smaller NFE is significantly better than 25" in answer.sentence
    head, line = answer.tables[0].head, answer.tables[0].lines[0]
    assert line[head.index("better than largest")] == "1"


def test_quality_that_always_rises_has_its_knee_at_the_end(tmp_path):
    run = read_run(nfe_run(tmp_path, dict(zip(NFES, np.arange(5) / 10, strict=True))))
    assert steps.knees(run.scores, read_costs(run)).verdict == "mel2mel 3 kbit/s: 25"


def test_the_time_at_the_knee(tmp_path):
    root = nfe_run(tmp_path, {1: 0.0, 4: 0.2, 25: 0.2})
    (root / "cost.csv").write_text(
        "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,"
        "hardware\n"
        "mel2mel-3-nfe4,1,0.25,1,1,1,1,chip\nmel2mel-3-nfe25,1,1.5,1,1,1,1,chip\n"
    )
    run = read_run(root)
    sentence = steps.knees(run.scores, read_costs(run)).sentence
    assert "takes 0.25 s there for a second of audio, 1.5 s at the end" in sentence


@pytest.mark.parametrize(("gain", "verdict"), [(0.1, "dpmpp"), (0.0, "undecided"), (-0.1, "euler")])
def test_samplers_at_equal_nfe(tmp_path, gain, verdict):
    run = read_run(nfe_run(tmp_path, dict.fromkeys(NFES, 0.0), gain))
    assert steps.samplers(run.scores).verdict == f"mel2mel at 3 kbit/s: {verdict}"


def drawn(root: Path, gains: Gains, spread: float) -> Run:
    """Five draws that scatter by `spread` within an item."""
    path = write_run(root / "seeds", conditions(gains), items(40, 20)) / "rows.csv"
    rows, random = pd.read_csv(path), np.random.default_rng(5)
    first = rows[~rows["column"].isin(["seconds", "payload_bits"])]
    more = [
        first.assign(draw=draw, value=first["value"] + random.normal(0, spread, len(first)))
        for draw in range(1, 5)
    ]
    pd.concat([rows, *more]).to_csv(path, index=False)
    return read_run(path.parent)


def test_seeds_turn_neighbours_that_are_alike_and_no_others(tmp_path):
    gains = {"mel2mel": 0.0, "lat2lat": 0.0, "lat2mel": 1.0}
    answer = decodes.seed_spread(drawn(tmp_path, gains, 0.3).scores, 3)
    assert answer.sentence.startswith("Of 6 pairs of neighbours (3 cells, 3 metrics), 3 are within")
    assert answer.missing[0] == "mel2wav-3 with several draws"
    far = {"mel2mel": 0.0, "lat2lat": 0.5}
    apart = decodes.seed_spread(drawn(tmp_path / "far", far, 0.01).scores, 3)
    assert apart.verdict == "0 of 3 neighbouring pairs within the seeds' reach"
    assert "the order of 0 turns" in apart.sentence


def test_other_draws_change_no_answer_but_that_about_seeds(tmp_path):
    one = made(tmp_path, {"mel2mel": 0.1, "lat2lat": 0.0})
    other = drawn(tmp_path, {"mel2mel": -0.5, "lat2lat": 0.0}, 0.3)
    before, after = (answers(run) for run in (one, merge([one, other])))
    changed = [a.question for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [decodes.QUESTION]


def test_above_opus_means_separate_intervals_in_all_three(tmp_path):
    """PESQ is all that is measured of the three."""
    root = write_run(
        tmp_path / "run",
        conditions({"gan": 1.0, "mel2mel": 0.02}) | {"opus-6": ("opus", "codec", 6, 0.0)},
        items(40, 20),
    )
    answer = targets.above_opus(read_run(root).scores, 3)
    assert answer.verdict == "gan-3: partly; mel2mel-3: no"
    assert "gan-3 is above opus-6 with separate intervals in PESQ; not measured" in answer.sentence
    line = answer.tables[0].lines[1]
    low, _ = json.loads(line[3])
    _, opus_high = json.loads(line[5])
    assert (line[0], line[6]) == ("mel2mel-3", "no")
    assert float(line[7]) == pytest.approx(opus_high - low, abs=0.011)


def test_the_papers_statements(tmp_path):
    """In ViSQOL, as which the values of STOI stand here."""
    gains = dict.fromkeys(cells.NINE, 0.0) | {"mel2mel": 0.2, "gan": 0.4}
    root = write_run(tmp_path / "run", conditions(gains), items(40, 20))
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["metrics"].append({"metric": "visqol", "version": "1"})
    (root / "manifest.json").write_text(json.dumps(manifest))
    rows = pd.read_csv(root / "rows.csv")
    rows.loc[rows["column"] == "stoi", "column"] = "visqol"
    rows.to_csv(root / "rows.csv", index=False)
    run = read_run(root)
    answer = paper.statements(run.scores, read_costs(run))
    held = dict(answer.tables[0].lines)
    assert held["mel2mel is the best of the six diffusion codecs"] == "holds (ViSQOL)"
    assert held["no diffusion codec beats gan"] == "holds (ViSQOL)"
    assert held["making waveforms by diffusion takes the most computing"] == "not answered"
    assert answer.verdict == "2 of 3 hold, 0 do not"


def test_the_command_writes_a_page_with_its_figures(tmp_path, capsys):
    grid = write_run(
        tmp_path / "grid", conditions(dict.fromkeys(cells.NINE, 0.0) | {"gan": 0.1}), items(24, 12)
    )
    other = write_run(tmp_path / "other", conditions({"gan": 0.1}), versions=("2", "1"))
    words = ["findings", str(grid), str(other), "--out", str(tmp_path / "docs" / "found.md")]
    assert main([*words, "--figures", str(tmp_path / "docs" / "images")]) == 2
    assert "do not merge" in capsys.readouterr().err
    assert not (tmp_path / "docs").exists()
    words.remove(str(other))
    assert main([*words, "--figures", str(tmp_path / "docs" / "images")]) == 0
    text = (tmp_path / "docs" / "found.md").read_text()
    assert "![Design space at 3 kbit/s](images/design_space_3.png)" in text
    assert [path.name for path in (tmp_path / "docs" / "images").iterdir()] == [
        "design_space_3.png"
    ]
    assert f"    nscbench findings {grid} --out" in text
    assert "| Does any cell beat `gan` at 1.5 kbit/s? | not answered |" in text
    assert "- *Made up* (`grid`): 24 recordings of 12 speakers, 0.8 minutes, 10 conditions" in text
    assert text.count("\n## ") == text.count("*Rule.*") + 4


def test_limits_come_from_the_cards(tmp_path):
    run = made(tmp_path, {"mel2mel": 0.0, "unknown": 0.0})
    text = "\n".join(limits(run))
    assert "The 3 weights were trained on" in text
    for name in ("mel", "mel2mel", "vocoder"):
        assert f"|`{name}`|" in text
    assert "not those of what was measured" not in text


def test_cards_of_other_weights_are_told(tmp_path):
    root = write_run(tmp_path / "run", conditions({"mel2mel": 0.0}), items(6, 6))
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["conditions"][0]["fingerprint"] = "00" * 32
    (root / "manifest.json").write_text(json.dumps(manifest))
    text = "\n".join(limits(read_run(root)))
    assert "others than the runs had for mel2mel-3." in text


def test_labels_beside_a_scale_keep_their_order_and_distance():
    places = apart([0.0, 0.01, 0.5, 0.99, 1.0], 0.1)
    assert places == pytest.approx([0.0, 0.1, 0.5, 0.9, 1.0])


def test_every_answer_is_an_answer(tmp_path):
    found = answers(made(tmp_path, {"pcm": 1.0}))
    assert len(found) == 14
    assert all(isinstance(answer, Answer) for answer in found)
    assert {answer.verdict for answer in found} == {"not answered", "0 of 3 hold, 0 do not"}
