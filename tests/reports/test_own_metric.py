"""A metric of a user's own package appears in every output, with no edit of the suite.

The metric `crackle` comes in by an entry point of a package that the test writes. It states only a
name and a direction, so that it has the defaults in all else. In the run, the codec `new` crackles
less than `opus` and is less intelligible.
"""

import re

import pandas as pd
import pytest

from nscbench import metrics
from nscbench.benchmarks.cli import main
from nscbench.benchmarks.commands.report import read_signal
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.findings import cells
from nscbench.reports.page.gallery import gallery
from nscbench.reports.page.material import Material
from nscbench.reports.tables.leaderboard import leaderboard
from nscbench.reports.tables.printed import show
from nscbench.reports.tables.robustness import Degraded, against_clean, markdown_tables
from support.runs import items, ladder, write_audio, write_run

pytestmark = pytest.mark.slow  # a whole report, with all its figures

MODULE = """
from nscbench.metrics import Metric

def score(reference, degraded):
    return {"crackle": 1.0}

METRIC = Metric(score, {"crackle": "lower"})
"""
OWN = {"crackle": {"crackle": 5.0}}


@pytest.fixture(scope="module", autouse=True)
def _installed(tmp_path_factory):
    """The package that brings the metric."""
    site = tmp_path_factory.mktemp("site")
    (site / "nscbench_crackle.py").write_text(MODULE)
    info = site / "nscbench_crackle-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nscbench-crackle\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[nscbench.metrics]\ncrackle = nscbench_crackle:METRIC\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        metrics.REGISTRY.forget()
        yield
    metrics.REGISTRY.forget()


def lowered(root, condition, column, by):
    rows = pd.read_csv(root / "rows.csv")
    rows.loc[(rows["condition"] == condition) & (rows["column"] == column), "value"] -= by
    rows.to_csv(root / "rows.csv", index=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    root = tmp_path_factory.mktemp("own") / "run"
    conditions = ladder("opus") | ladder("new") | {"mel2mel-3": ("mel2mel", "codec", 3, 0.0)}
    write_run(root, conditions, items(12, 12), others=OWN)
    for condition in ladder("new"):
        lowered(root, condition, "crackle", 0.5)
        lowered(root, condition, "estoi", 0.2)
    write_audio(root)
    return root


@pytest.fixture(scope="module")
def report(finished):
    assert main(["report", str(finished)]) == 0
    return finished / "report"


def test_in_the_terminals_table(finished):
    head, first, *_ = show(leaderboard(read_run(finished).scores)).splitlines()
    assert head.split()[-1] == "crackle"
    assert re.fullmatch(r"4\.\d\d|5\.\d\d", first.split()[-1])


def test_in_markdown_and_latex(report):
    assert "| crackle |" in (report / "leaderboard.md").read_text().splitlines()[0]
    assert "& crackle " in (report / "leaderboard.tex").read_text().splitlines()[2]


def test_in_the_leaderboards_file(report):
    table = pd.read_csv(report / "leaderboard.csv").set_index("condition")
    assert table.loc["new-6", "crackle_lo"] < table.loc["new-6", "crackle"]
    assert table.loc["new-6", "crackle"] < table.loc["opus-6", "crackle"]
    assert table["crackle_n"].eq(12).all()
    assert table.loc["new-6", "crackle_rank"] < table.loc["opus-6", "crackle_rank"]


def test_in_comparisons_and_deltas(report):
    assert "crackle" in set(pd.read_csv(report / "comparisons.csv")["column"])
    assert "crackle" in set(pd.read_csv(report / "bd.csv")["column"])


def test_on_the_page(report):
    page = (report / "report.html").read_text()
    (head,) = re.findall(r'<th scope="col" class="(.*?)" title="crackle \(crackle\)"', page)
    assert head == ""  # shown at once, not only with all columns
    assert '<option value="crackle">crackle</option>' in page


def test_in_figures(report):
    curve = pd.read_csv(report / "figures" / "crackle.csv").set_index("condition")
    assert curve.loc["new-6", "crackle"] < curve.loc["opus-6", "crackle"]
    assert (report / "figures" / "crackle.png").is_file()
    for name in ("curves", "design_space_3"):
        assert "crackle" in pd.read_csv(report / "figures" / f"{name}.csv")
    assert "crackle" in set(pd.read_csv(report / "figures" / "distributions.csv")["column"])
    assert "crackle" in pd.read_csv(report / "figures" / "agreement.csv")["column"].tolist()


def test_in_flags(finished):
    made = [flag for flag in Material(read_run(finished)).flags if flag.kind == "trade-off"]
    (text,) = [f.text for f in made if f.subject == "new-6" and "against opus-6" in f.text]
    assert text == "against opus-6: better in crackle, worse in estoi"


def test_in_the_gallery(finished):
    card = gallery(read_run(finished), read_signal).cards[0]
    assert all("crackle" in sound.values for sound in card.sounds[1:])


def test_in_findings(tmp_path):
    conditions = {f"{cell}-3": (cell, "codec", 3, 0.0) for cell in cells.SIX}
    run = read_run(write_run(tmp_path / "run", conditions, others=OWN))
    differences, every = cells.best_of_six(run.scores, 3).tables
    assert "crackle ↓" in [line[0] for line in differences.lines]
    assert "crackle" in {line[0] for line in every.lines}


def test_in_the_robustness_tables(tmp_path):
    runs = [
        read_run(write_run(tmp_path / name, ladder("opus"), seed=seed, others=OWN))
        for seed, name in enumerate(("clean", "fog"))
    ]
    found = against_clean(runs[0], [Degraded("fog", runs[1], {})])
    assert "| fog | " in markdown_tables(found, list(ladder("opus")))["crackle"]


def test_in_compare_and_its_gate(finished, capsys):
    assert main(["compare", str(finished), "opus-6", "new-6"]) == 0
    (line,) = [row for row in capsys.readouterr().out.splitlines() if row.startswith("crackle")]
    assert line.split()[-1] == "new-6"
    assert main(["compare", str(finished), str(finished), "--gate", "crackle"]) == 0
    assert "opus-6 crackle" in capsys.readouterr().out


def test_in_the_list_of_metrics(capsys):
    assert main(["list", "metrics"]) == 0
    assert re.search(r"^  crackle +crackle \(lower\)$", capsys.readouterr().out, re.M)
