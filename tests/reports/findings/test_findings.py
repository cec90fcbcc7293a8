"""Findings of made-up runs with planted truths: each is found, ties stay open, gaps are named."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.findings import weights_of
from nscbench.benchmarks.store.finished_run import merge, read_run
from nscbench.reports.figures.design_space import apart
from nscbench.reports.figures.style import drawing
from nscbench.reports.findings import cells, seeds, targets
from nscbench.reports.findings.answers import Answer
from nscbench.reports.findings.basis import limits
from nscbench.reports.findings.duels import DETAILS
from nscbench.reports.findings.page import answers, pictures
from nscbench.reports.tables.leaderboard import leaderboard
from support.findings_runs import TIED, conditions, drawn, made
from support.runs import items, write_run


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
    run = made(tmp_path, TIED | {"gan": 0.0})
    assert cells.best_of_six(run.scores, 3).verdict == "undecided"
    assert cells.beats_baseline(run.scores, 3).verdict == "undecided"


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
    assert seeds.seed_spread(scores, 3).missing[0] == "mel2wav-3 with several draws"


def test_few_speakers_are_told_and_decide_nothing(tmp_path):
    """Five speakers: no standard error, and no test; six are enough for all 45."""
    root = write_run(tmp_path / "run", conditions(TIED | {"mel2mel": 1.0}), items(12, 5))
    answer = cells.best_of_six(read_run(root).scores, 3)
    assert answer.verdict == "undecided"
    assert answer.sentence.startswith("5 speakers are too few")
    more = write_run(tmp_path / "more", conditions(TIED | {"mel2mel": 1.0}), items(12, 6))
    assert cells.best_of_six(read_run(more).scores, 3).verdict == "yes"


def test_other_draws_change_no_answer_but_that_about_seeds(tmp_path):
    one = made(tmp_path, {"mel2mel": 0.1, "lat2lat": 0.0})
    other = drawn(tmp_path, {"mel2mel": -0.5, "lat2lat": 0.0}, 0.3)
    before, after = (answers(run) for run in (one, merge([one, other])))
    changed = [a.question for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [seeds.QUESTION]


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


@pytest.mark.parametrize(("gain", "reached"), [(-0.05, "misses it too"), (0.05, "is above it")])
def test_what_a_codec_below_opus_lacks(tmp_path, gain, reached):
    made_of = conditions({"gan": -0.1, "gan-oracle": gain})
    root = write_run(tmp_path / "run", made_of | {"opus-6": ("opus", "codec", 6, 0.0)}, items())
    answer = targets.above_opus(read_run(root).scores, 3)
    assert answer.verdict == "gan-3: no"
    assert "Without quantization (gan-oracle): PESQ " in answer.sentence
    assert answer.sentence.endswith(f"{reached}.")


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
    assert "- `grid`: 24 recordings of 12 speakers, 0.8 minutes, 10 conditions" in text
    assert text.count("\n## ") == text.count("*Rule.*") + 4
    assert "## 5. What does diffusion add" in text
    assert "*Rule.* As in question 3." in text
    links = re.findall(r"\]\((found/.*?\.csv)\)", text)
    assert {path.name for path in (tmp_path / "docs" / "found").iterdir()} == {
        link.removeprefix("found/") for link in links
    }
    table = pd.read_csv(tmp_path / "docs" / "found" / "03-every-comparison.csv")
    assert list(table.columns) == list(DETAILS)
    assert len(table) == 9 * 3
    assert table["better"].eq("gan-3").all()


def test_the_design_space_is_of_the_items_of_its_table(tmp_path):
    """Other operating points on fewer items take none away from the cells' figure."""
    grid = write_run(tmp_path / "grid", conditions(dict.fromkeys(cells.NINE, 0.0) | {"gan": 0.1}))
    few = {"mel2mel-3-nfe4": ("mel2mel", "codec", 3, 0.0)}
    nfe = write_run(tmp_path / "nfe", few, items()[:5], seed=3)
    with drawing():
        (picture,) = pictures(merge([read_run(grid), read_run(nfe)]))
    table = leaderboard(read_run(grid).scores, {}).set_index("condition")
    drawn_means = picture.data.set_index("condition")[["pesq_wb", "pesq_wb_lo", "estoi"]]
    expected = table.loc[drawn_means.index, list(drawn_means)]
    pd.testing.assert_frame_equal(drawn_means, expected)
    assert len(drawn_means) == 10
    assert "n/N: 24/24 items" in picture.caption


def test_runs_on_other_speakers_give_a_second_verdict(tmp_path, capsys):
    gains = dict.fromkeys(cells.SIX, 0.0)
    root = write_run(tmp_path / "run", conditions(gains | {"mel2mel": 0.1}), items(40, 20))
    again = write_run(tmp_path / "again", conditions(gains | {"lat2lat": 0.1}), items(40, 20))
    assert main(["findings", str(root), "--again", str(again)]) == 0
    text = capsys.readouterr().out
    assert "| no. | question | verdict | on other speakers |" in text
    assert "cells at 3 kbit/s? | yes | no |" in text
    assert "cells at 1.5 kbit/s? | not answered | the same |" in text
    assert f"    nscbench findings {root} --again {again}" in text
    assert "Those of the second verdicts:" in text


def test_a_page_needs_a_name_apart_from_its_folder(tmp_path, capsys):
    root = write_run(tmp_path / "run", conditions({"gan": 0.1}))
    assert main(["findings", str(root), "--out", str(tmp_path / "found")]) == 2
    assert "a page's name ends in .md" in capsys.readouterr().err
    assert not (tmp_path / "found").exists()


def test_a_printed_page_has_no_links_to_tables(tmp_path, capsys):
    root = write_run(tmp_path / "run", conditions({"gan": 0.1, "mel2mel": 0.0}))
    assert main(["findings", str(root)]) == 0
    text = capsys.readouterr().out
    assert "## 23. Which of the paper's statements hold here?" in text
    assert ".csv" not in text


def test_the_page_of_the_documentation_is_short_and_has_its_tables():
    docs = Path(__file__).parents[3] / "docs"
    text = (docs / "findings.md").read_text("utf-8")
    assert len(text.encode()) <= 25_000
    links = re.findall(r"\]\((findings/.*?\.csv)\)", text)
    assert sorted(links) == sorted(
        f"findings/{path.name}" for path in (docs / "findings").iterdir()
    )
    for link in links:
        table = pd.read_csv(docs / link)
        assert len(table)
        if "every-comparison" in link:
            assert list(table.columns) == list(DETAILS)


def test_limits_come_from_the_cards(tmp_path):
    run = made(tmp_path, {"mel2mel": 0.0, "unknown": 0.0})
    text = "\n".join(limits(weights_of(run)))
    assert "The 3 weights were trained on" in text
    assert "3.3 hours of speech of 321 speakers" in text
    assert "not those of what was measured" not in text


def test_cards_of_other_weights_are_told(tmp_path):
    root = write_run(tmp_path / "run", conditions({"mel2mel": 0.0}), items(6, 6))
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["conditions"][0]["fingerprint"] = "00" * 32
    (root / "manifest.json").write_text(json.dumps(manifest))
    text = "\n".join(limits(weights_of(read_run(root))))
    assert "others than the runs had for mel2mel-3." in text


def test_labels_beside_a_scale_keep_their_order_and_distance():
    places = apart([0.0, 0.01, 0.5, 0.99, 1.0], 0.1)
    assert places == pytest.approx([0.0, 0.1, 0.5, 0.9, 1.0])


def test_every_answer_is_an_answer(tmp_path):
    found = answers(made(tmp_path, {"pcm": 1.0}))
    assert len(found) == 23
    assert all(isinstance(answer, Answer) for answer in found)
    assert {answer.verdict for answer in found} == {"not answered", "0 of 3 hold, 0 refuted"}
