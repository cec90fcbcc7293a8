"""The design space, NFE and cost as pictures."""

import json

import pandas as pd

from nscbench.benchmarks.store.finished_run import read_run
from nscbench.reports.figures.cost import against_computing, against_cost
from nscbench.reports.figures.design_space import design_space
from nscbench.reports.figures.files import save
from nscbench.reports.figures.nfe import against_nfe
from nscbench.reports.figures.style import drawing
from nscbench.reports.page.gallery import Gallery
from nscbench.reports.page.material import Material
from nscbench.reports.page.template_values import template_values
from nscbench.reports.tables.leaderboard import leaderboard
from support.runs import write_run

COST_HEAD = (
    "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,hardware"
)


def test_the_design_space_nfe_and_cost_are_drawn(tmp_path):
    cells = {f"{c}-3": (c, "codec", 3, 0.1 * n) for n, c in enumerate(["mel2mel", "lat2wav"])}
    steps = {f"mel2mel-3-nfe{n}": ("mel2mel", "codec", 3, 0.02 * n) for n in (1, 4)}
    root = write_run(tmp_path / "run", cells | steps)
    manifest = json.loads((root / "manifest.json").read_text())
    for entry in manifest["conditions"]:
        nfe = entry["condition"].partition("-nfe")[2] or "10"
        entry["settings"] = f"Diffusion(kbps=3, nfe={nfe})"
    (root / "manifest.json").write_text(json.dumps(manifest))
    (root / "cost.csv").write_text(
        f"{COST_HEAD}\nmel2mel-3,0.2,0.3,4200000,,90,1,some chip\n"
        "mel2mel-3-nfe4,0.2,0.12,4200000,,90,1,some chip\n"
        "lat2wav-3,0.2,0.1,500,2e9,80.5,1,some chip\n"
    )
    made = Material(read_run(root))
    scores, table = made.run.scores, made.table
    with drawing():
        (space,) = design_space(scores, table)
        (nfe,) = against_nfe(scores, table, made.costs)
        (cost,) = against_cost(scores, table, made.costs)
        (untimed,) = against_nfe(scores, table, made.costs.drop(index="mel2mel-3-nfe4"))
        (pesq, *_) = space.figure.axes
        nfe.figure.draw_without_rendering()
        labels = [t.get_text() for t in nfe.figure.axes[-1].get_yticklabels(which="both")]
        written = [text.get_text().split("\n")[0] for text in pesq.texts]
    means = table.set_index("condition")["pesq_wb"]
    assert written == [f"{means['mel2mel-3']:.2f}", f"{means['lat2wav-3']:.2f}"]
    assert space.name == "design_space_3"
    curve = nfe.data[nfe.data["curve"] == "mel2mel 3 kbit/s"]
    assert sorted(curve["nfe"]) == [1, 4, 10]
    assert len(nfe.data) == 3
    assert curve.set_index("nfe")["decode_rtf"].dropna().to_dict() == {10: 0.3, 4: 0.12}
    assert "Times: some chip, 1 thread;" in nfe.caption
    assert "decode_rtf" not in untimed.data  # one time is no curve
    assert "Times" not in untimed.caption
    assert {"0.5", "1"} <= set(labels)
    assert not any("$" in label for label in labels)
    assert cost.data["decode_rtf"].tolist() == [0.3, 0.1, 0.12]
    assert "decoded on some chip, 1 thread." in cost.caption
    head, *lines = template_values(made, Gallery([], [], False))["costs"]
    assert head[1:3] == ["real-time factor of the encoder", "real-time factor of the decoder"]
    assert lines[0] == ["mel2mel-3", "0.2", "0.3", "4.2 M", "–", "90", "1", "some chip"]
    assert lines[1] == ["lat2wav-3", "0.2", "0.1", "500", "2 G", "80.5", "1", "some chip"]


def test_quality_is_drawn_against_what_is_multiplied(tmp_path):
    names = ["gan", "mel2mel", "lat2lat"]
    run = read_run(
        write_run(
            tmp_path / "run", {f"{c}-3": (c, "codec", 3, 0.1 * n) for n, c in enumerate(names)}
        )
    )
    table = leaderboard(run.scores, {})
    macs = {"gan-3": 7e8, "mel2mel-3": 4e9, "lat2lat-3": None}
    costs = pd.DataFrame({"macs_per_second": macs}, dtype=float).rename_axis("condition")
    with drawing():
        (picture,) = against_computing(run.scores, table, costs)
    assert picture.data.set_index("condition")["gigamacs"].to_dict() == {
        "gan-3": 0.7,
        "mel2mel-3": 4.0,
    }
    assert not list(against_computing(run.scores, table, costs.drop(index="gan-3")))
    assert not list(against_computing(run.scores, table, pd.DataFrame()))


def test_cells_with_explicit_settings_are_drawn(tmp_path):
    """The heat map takes the settings that most cells have; NFE curves know their bitrates."""
    cells = {
        f"{a}2{b}-{kbps}-nfe10": (f"{a}2{b}", "codec", kbps, 0.01 * n)
        for n, (a, b) in enumerate(
            (a, b) for a in ("wav", "mel", "lat") for b in ("wav", "mel", "lat")
        )
        for kbps in (1.5, 3)
    }
    few = {f"mel2mel-{kbps}-nfe4": ("mel2mel", "codec", kbps, 0.0) for kbps in (1.5, 3)}
    root = write_run(tmp_path / "run", cells | few)
    manifest = json.loads((root / "manifest.json").read_text())
    for entry in manifest["conditions"]:
        entry["settings"] = f"Cell(kbps=3, nfe={entry['condition'].partition('-nfe')[2]})"
    (root / "manifest.json").write_text(json.dumps(manifest))
    made = Material(read_run(root))
    with drawing():
        spaces = list(design_space(made.run.scores, made.table))
        (nfe,) = against_nfe(made.run.scores, made.table, made.costs)
        texts = [text.get_text() for text in spaces[1].figure.axes[0].texts]
    assert [s.title for s in spaces] == [f"Design space at {k} kbit/s, nfe10" for k in (1.5, 3)]
    assert [len(space.data) for space in spaces] == [9, 9]
    means = made.table.set_index("condition")["pesq_wb"]
    order = [f"{a}2{b}-3-nfe10" for a in ("wav", "mel", "lat") for b in ("wav", "mel", "lat")]
    assert [text.split("\n")[0] for text in texts] == [f"{means[name]:.2f}" for name in order]
    assert sorted(nfe.data["curve"].unique()) == ["mel2mel 1.5 kbit/s", "mel2mel 3 kbit/s"]
    assert nfe.data["nfe"].tolist() == [10, 10, 4, 4]


def test_a_figure_of_a_rate_with_a_point_has_files_of_its_own(tmp_path):
    cells = {f"mel2mel-{kbps}": ("mel2mel", "codec", kbps, 0.0) for kbps in (1, 1.5)}
    root = write_run(tmp_path / "run", cells)
    made, figures = Material(read_run(root)), tmp_path / "figures"
    with drawing():
        for picture in design_space(made.run.scores, made.table):
            save(picture, figures)
    for kbps in ("1", "1.5"):
        for suffix in ("csv", "png", "svg"):
            assert (figures / f"design_space_{kbps}.{suffix}").is_file()
    assert "Design space at 1.5 kbit/s" in (figures / "design_space_1.5.svg").read_text()
