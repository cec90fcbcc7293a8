"""Reports of made-up runs: what is written, what is chosen, what is refused."""

import base64
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.store.costs import read_costs
from nscbench.benchmarks.store.finished_run import merge, read_run
from nscbench.benchmarks.store.rundir import RunError
from nscbench.benchmarks.store.scores import Scores
from nscbench.reports.columns import overview
from nscbench.reports.figures.design_space import design_space
from nscbench.reports.figures.nfe import against_nfe
from nscbench.reports.figures.spread import agreement
from nscbench.reports.figures.style import INK, REFERENCE, drawing, marks
from nscbench.reports.figures.trade import against_cost, pareto
from nscbench.reports.figures.training import training_curves
from nscbench.reports.page.context import context
from nscbench.reports.page.gallery import cards, spectrogram
from nscbench.reports.page.report import Material, inline
from nscbench.reports.tables.printed import latex, markdown
from support.runs import items, ladder, write_audio, write_run

CONTROLS = {
    "pcm": ("pcm", "control", 256, 2.0),
    "lowpass-7": ("lowpass", "control", 256, 1.9),
    "ceiling": ("ceiling", "oracle", 0, 1.5),
}


HOSTILE = "</script><b>"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run with audio: two codecs at four bitrates, two controls, an oracle, one failure."""
    root = tmp_path_factory.mktemp("report") / "run"
    conditions = ladder("opus") | ladder("new", 0.15) | CONTROLS
    listed = [item | {"speaker": HOSTILE + item["speaker"]} for item in items(12, 6)]
    write_run(root, conditions, listed, missing=[("new-6", "i003")])
    write_audio(root)
    return root


@pytest.fixture(scope="module")
def report(finished):
    """Its report's folder."""
    assert main(["report", str(finished), "--out", str(finished.parent / "report")]) == 0
    return finished.parent / "report"


def test_every_figure_comes_with_its_data(report):
    names = {path.stem for path in (report / "figures").glob("*.png")}
    assert {"curves", "pesq_wb", "distributions", "speakers", "sexes", "agreement"} <= names
    for name in names:
        assert (report / "figures" / f"{name}.svg").read_text().startswith("<?xml")
        assert len(pd.read_csv(report / "figures" / f"{name}.csv"))
    data = pd.read_csv(report / "figures" / "estoi.csv").set_index("condition")
    assert data.loc["opus-6", "estoi_lo"] < data.loc["opus-6", "estoi"]
    assert data.loc["opus-6", "measured_kbps"] == 6


def test_the_page_needs_nothing_from_outside(report):
    page = (report / "report.html").read_text()
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert not re.findall(r"url\((?!#)|@import|\bfetch\(|XMLHttpRequest", page)
    assert "default-src 'none'" in page
    assert len(page) < 30 * 2**20


def test_the_page_names_failed_items_and_counts_common_ones(report):
    page = (report / "report.html").read_text()
    assert "<td>1 <small>i003</small></td>" in page
    assert 'title="items that all codecs have">11/12</small>' in page
    assert not re.findall(r"&lt;[\w-]+ (?:method|object) ", page)


def test_names_cannot_break_the_page(report):
    page = (report / "report.html").read_text()
    assert HOSTILE not in page
    assert "&lt;/script&gt;&lt;b&gt;s3" in page


def test_the_page_has_no_id_twice(report):
    found = re.findall(r'\bid="([^"]+)"', (report / "report.html").read_text())
    assert len(found) > 100
    assert len(found) == len(set(found))


def test_every_reference_within_the_page_has_its_target(report):
    page = (report / "report.html").read_text()
    found = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= found
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= found


def test_tables_of_the_report(report):
    table = pd.read_csv(report / "leaderboard.csv").set_index("condition")
    assert table["n"]["new-6"] == 11
    assert table["pesq_wb_rank"]["new-24"] == 1
    assert np.isnan(table["pesq_wb_rank"]["pcm"])
    pairs = pd.read_csv(report / "comparisons.csv")
    assert len(pairs) == 3 * 8 * 7 / 2
    deltas = pd.read_csv(report / "bd.csv").set_index(["test", "column"])
    assert deltas.loc[("new", "pesq_wb"), "bd_rate"] == pytest.approx(100 * (2**-0.5 - 1), abs=6)
    findings = pd.read_csv(report / "findings.csv")
    assert set(findings["kind"]) <= {"above pcm", "small", "trade-off"}


def test_failures_have_their_reason(finished):
    (line,) = context(Material(read_run(finished)), [])["failures"]
    assert (line["condition"], line["count"], line["named"], line["error"]) == (
        *("new-6", 1, "i003", "broke"),
    )
    assert line["columns"] == "PESQ, STOI, ESTOI"


def test_the_gallery_shows_each_item_once(finished):
    picks = choose(read_run(finished).scores)
    assert [pick.kind for pick in picks] == ["worst"] * 3 + ["best"] * 3 + ["disagreed"] * 3
    assert len({pick.item for pick in picks}) == 9


def test_the_gallery_finds_the_outlier(tmp_path):
    root = write_run(tmp_path / "run", ladder("opus"), items(12, 6))
    rows = pd.read_csv(root / "rows.csv")
    place = (
        (rows["condition"] == "opus-8") & (rows["item"] == "i007") & (rows["column"] == "pesq_wb")
    )
    rows.loc[place, "value"] -= 2
    rows.to_csv(root / "rows.csv", index=False)
    picks = choose(read_run(root).scores)
    assert (picks[0].item, picks[0].condition) == ("i007", "opus-8")
    assert picks[0].why.startswith("PESQ -3.")


def test_cards_hold_playable_audio_beside_conditions_of_near_bitrate(finished):
    card = next(iter(cards(read_run(finished))))
    names = [sound.name for sound in card.sounds]
    assert names[:2] == ["reference", card.pick.condition]
    kbps = card.pick.condition.split("-")[1]
    other = {"opus": "new", "new": "opus"}[card.pick.condition.split("-")[0]]
    assert names[2:] == [f"{other}-{kbps}", "ceiling"]
    for sound in card.sounds:
        audio, rate = soundfile.read(io.BytesIO(base64.b64decode(sound.flac)))
        assert len(audio) / rate == pytest.approx(1.0)
        assert Image.open(io.BytesIO(base64.b64decode(sound.png))).size == (560, 150)


def test_runs_without_their_recordings_have_no_cards(tmp_path):
    run = read_run(write_run(tmp_path / "run", ladder("opus", rates=(6, 8))))
    assert list(cards(run)) == []
    assert (
        "The recordings are not here (24 items, such as i000)"
        in context(Material(run), [])["no_cards"]
    )


def test_a_tone_is_a_bright_line_at_its_frequency():
    """2 kHz of 8 kHz is a quarter from the bottom of the picture."""
    tone = 0.5 * np.sin(2 * np.pi * 2000 * np.arange(24_000) / 24_000)
    picture = np.asarray(Image.open(io.BytesIO(spectrogram(tone, 24_000))).convert("L"))
    brightest = picture[:, 280].argmax()
    assert brightest == pytest.approx(0.75 * picture.shape[0], abs=2)


def test_several_runs_are_one_report_or_none(tmp_path, capsys):
    one = write_run(tmp_path / "one", ladder("opus", rates=(6, 8)))
    two = write_run(tmp_path / "two", ladder("new", rates=(6, 8)), seed=3)
    both = Material(merge([read_run(one), read_run(two)]))
    assert both.table["condition"].tolist() == ["opus-6", "opus-8", "new-6", "new-8"]
    assert len(context(both, [])["provenance"]) == 2
    other = write_run(tmp_path / "other", ladder("gan"), versions=("1", "2"))
    assert main(["report", str(one), str(other)]) == 2
    message = capsys.readouterr().err
    assert "do not merge" in message
    assert "metric stoi: version 1 in" in message
    assert "version 2 in" in message
    assert not (one / "report").exists()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("conditions", "missing"),
    [
        ({"pcm": CONTROLS["pcm"]}, []),
        ({"opus-6": ("opus", "codec", 6, 0.0)}, [("opus-6", "i000"), ("opus-6", "i001")]),
    ],
)
def test_runs_with_nothing_to_compare_have_a_report(tmp_path, conditions, missing):
    root = write_run(tmp_path / "run", conditions, items(2, 2), missing=missing)
    assert main(["report", str(root)]) == 0
    assert "Nothing suspicious" in (root / "report" / "report.html").read_text()


def test_training_curves(tmp_path):
    (tmp_path / "validation.csv").write_text(
        "step,minutes,audio_seconds,name,value\n10,1,60,3stages/stoi,0.5\n20,2,120,stoi,0.6\n"
    )
    with drawing():
        (picture,) = training_curves([tmp_path])
        (axes,) = picture.figure.axes
    assert picture.data["curve"].tolist() == [f"{tmp_path.name} 3stages", tmp_path.name]
    assert [line.get_ydata().tolist() for line in axes.lines] == [[0.5], [0.6]]
    with pytest.raises(RunError, match="not a training: it has no validation"):
        list(training_curves([tmp_path / "gone"]))


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
        "lat2wav-3,0.2,0.1,500,2e9,80.5,1,some chip\n"
    )
    made = Material(read_run(root))
    scores, table = made.run.scores, made.table
    with drawing():
        (space,) = design_space(scores, table)
        (nfe,) = against_nfe(scores, table, made.costs)
        (cost,) = against_cost(scores, table, made.costs)
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
    assert curve.set_index("nfe")["decode_rtf"].dropna().to_dict() == {10: 0.3}
    assert "Times: some chip, 1 thread;" in nfe.caption
    assert {"0.5", "1"} <= set(labels)
    assert not any("$" in label for label in labels)
    assert cost.data["decode_rtf"].tolist() == [0.3, 0.1]
    assert "decoded on some chip, 1 thread." in cost.caption
    head, *lines = context(made, [])["costs"]
    assert head[1:3] == ["real-time factor of the encoder", "real-time factor of the decoder"]
    assert lines[0] == ["mel2mel-3", "0.2", "0.3", "4.2 M", "–", "90", "1", "some chip"]
    assert lines[1] == ["lat2wav-3", "0.2", "0.1", "500", "2 G", "80.5", "1", "some chip"]


def test_metrics_are_held_against_each_other_on_common_items():
    """c fails in PESQ on the hard item: over its own items it would be the best codec there."""
    values = {
        "pesq_wb": {"a": (1.0, 3.0), "b": (1.2, 3.2), "c": (np.nan, 2.9)},
        "stoi": {"a": (0.3, 0.5), "b": (0.32, 0.52), "c": (0.28, 0.48)},
    }
    rows = [
        (name, f"i{n}", 0, column, value, "")
        for column, codecs in values.items()
        for name, pair in codecs.items()
        for n, value in enumerate(pair)
    ]
    conditions = [{"condition": name, "kind": "codec"} for name in "abc"]
    listed = [{"id": f"i{n}", "speaker": ""} for n in range(2)]
    table = pd.DataFrame(rows, columns=["condition", "item", "draw", "column", "value", "error"])
    with drawing():
        scores = Scores(table, conditions, listed, dict.fromkeys(values, "higher"))
        (picture,) = agreement(scores)
    assert picture.data.set_index("column").loc["PESQ", "STOI"] == pytest.approx(1)


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


def test_a_figure_of_a_rate_with_a_point_has_files_of_its_own(tmp_path, capsys):
    cells = {f"mel2mel-{kbps}": ("mel2mel", "codec", kbps, 0.0) for kbps in (1, 1.5)}
    root = write_run(tmp_path / "run", cells)
    assert main(["report", str(root)]) == 0
    figures = root / "report" / "figures"
    for kbps in ("1", "1.5"):
        for suffix in ("csv", "png", "svg"):
            assert (figures / f"design_space_{kbps}.{suffix}").is_file()
    assert "Design space at 1.5 kbit/s" in (figures / "design_space_1.5.svg").read_text()


COST_HEAD = (
    "condition,encode_rtf,decode_rtf,parameters,macs_per_second,peak_memory_mb,threads,hardware"
)


def costs_of(tmp_path, text, conditions=None):
    root = write_run(tmp_path / "run", conditions or ladder("opus"))
    (root / "cost.csv").write_text(text)
    return read_costs(read_run(root))


def test_costs_are_numbers_by_condition(tmp_path):
    """Lines of other conditions are left out; so are columns without a number, or with text."""
    found = costs_of(
        tmp_path,
        f"{COST_HEAD},batched_rtf,remark\nopus-8,0.01,,0,0,5,1,chip,0.5,7\n"
        "gone-3,1,1,1,1,1,1,chip,,x\nopus-6,0.02,,0,0,6,1,chip,,\n",
    )
    assert found.index.tolist() == ["opus-6", "opus-8"]
    names = ["encode_rtf", "parameters", "macs_per_second", "peak_memory_mb", "threads"]
    assert list(found) == [*names, "batched_rtf", "hardware"]
    assert found["encode_rtf"].tolist() == [0.02, 0.01]
    assert np.isnan(found["batched_rtf"]["opus-6"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("condition,decode_rtf\nopus-6,1\n", "lacks the columns encode_rtf, parameters, macs_per"),
        (f"{COST_HEAD}\nopus-6,1,1,1,1,1,1,x\nopus-6,1,1,1,1,1,1,x\n", "has opus-6 more"),
        (f"{COST_HEAD}\nopus-6,fast,1,1,1,1,1,x\n", "encode_rtf of opus-6 is 'fast'; allowed are"),
        (f"{COST_HEAD}\nopus-6,1,-1,1,1,1,1,x\n", "decode_rtf of opus-6 is '-1'"),
        (f"{COST_HEAD}\nopus-6,1,inf,1,1,1,1,x\n", "decode_rtf of opus-6 is 'inf'"),
        ("", "cost.csv: cannot be read"),
    ],
)
def test_costs_of_another_format_are_refused(tmp_path, text, message):
    with pytest.raises(RunError, match=message):
        costs_of(tmp_path, text)


def test_times_of_two_machines_are_two_figures(tmp_path):
    lines = [f"opus-{k},.1,.{k:02},0,0,5,{t},{h}" for k, t, h in [
        (6, 1, "a"), (8, 1, "a"), (12, 2, "a"), (24, 1, "b")]]  # fmt: skip
    root = write_run(tmp_path / "run", ladder("opus"))
    (root / "cost.csv").write_text("\n".join([COST_HEAD, *lines]))
    made = Material(read_run(root))
    with drawing():
        found = list(against_cost(made.run.scores, made.table, made.costs))
    assert [picture.name for picture in found] == [f"quality_rtf_{n}" for n in (1, 2, 3)]
    assert [picture.data["condition"].tolist() for picture in found] == [
        *(["opus-6", "opus-8"], ["opus-12"], ["opus-24"]),
    ]


def test_the_pareto_front_has_what_nothing_cheaper_reaches():
    points = pd.DataFrame({"cost": [1, 2, 3, 4, 2], "value": [1.0, 3.0, 2.0, 3.5, 2.5]})
    assert pareto(points, "cost", "value", 1)["value"].tolist() == [1.0, 3.0, 3.5]
    assert pareto(points, "cost", "value", -1)["value"].tolist() == [1.0]


def test_curves_can_be_told_apart_without_colour():
    drawn = marks([REFERENCE, *(f"codec{n}" for n in range(20))])
    assert drawn[REFERENCE].colour == INK
    assert len({(mark.marker, mark.line) for mark in drawn.values()}) == 21


def test_figures_take_the_pages_colour():
    svg = f'<?xml?><svg><metadata>x</metadata><g id="a" style="fill: {INK}"/><use href="#a"/></svg>'
    assert inline("f", "Two & three", svg) == (
        '<svg role="img" aria-label="Two &amp; three"><g id="f-a" style="fill: currentColor"/>'
        '<use href="#f-a"/></svg>'
    )


def test_markdown_and_latex():
    table = pd.DataFrame(
        [
            ("a_b", "codec", 6.0, 3, 4, 3.14159, 1),
            ("pcm", "control", 256.0, 4, 4, 4.6, pd.NA),
        ],
        columns=["condition", "kind", "measured_kbps", "n", "N", "pesq_wb", "pesq_wb_rank"],
    )
    assert markdown(table).splitlines()[2] == "| a_b | 6.00 | 3/4 | 3.14 |"
    lines = latex(table).splitlines()
    assert lines[0] == r"\begin{tabular}{lrrr}"
    assert lines[4] == r"a\_b & 6.00 & 3/4 & \textbf{3.14} \\"
    assert lines[5] == r"pcm (control) & 256.00 & 4/4 & 4.60 \\"


def test_the_overview_falls_back_to_what_there_is():
    assert overview(["visqol", "mine"]) == ["visqol"]
    assert overview(["mine", "yours"]) == ["mine", "yours"]
