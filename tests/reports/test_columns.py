"""How columns are named, rounded and ordered."""

from nscbench import metrics
from nscbench.benchmarks.store.costs import COST_COLUMNS
from nscbench.reports.columns import first_of_overview, heading, headline, in_order, look, overview

SIX = ["pesq_wb", "visqol", "estoi", "dnsmos_ovrl", "plcmos", "mel_distance"]


def test_every_column_says_how_it_looks():
    for name, column in (metrics.columns() | COST_COLUMNS).items():
        assert look(name) is column
        assert (column.family == "cost") == (name in COST_COLUMNS)
        assert column.place < look("of nobody").place or name in COST_COLUMNS


def test_no_two_columns_look_alike():
    every = list((metrics.columns() | COST_COLUMNS).values())
    assert len({column.short for column in every}) == len(every)
    assert len({column.title for column in every}) == len(every)


def test_another_column_is_called_by_its_name():
    mine = look("my_column")
    assert (mine.short, mine.title, mine.digits) == ("my_column", "my column", 2)


def test_a_heading_has_the_unit_and_where_better_is():
    assert heading("f0_rmse", "lower") == "F0 RMSE (Hz) ↓"
    assert heading("delay_ms", "none") == "delay (ms)"


def test_the_overview_has_what_stands_for_all_and_what_is_not_known():
    at_16_khz = [column for column in metrics.columns() if column != "visqol_audio"]
    assert overview(at_16_khz) == SIX
    assert overview(metrics.columns()) == [*SIX[:2], "visqol_audio", *SIX[2:]]
    assert overview(["lsd", "mine", "visqol"]) == ["visqol", "mine"]
    assert overview(["mine", "yours"]) == ["mine", "yours"]


def test_the_overview_falls_back_to_what_there_is():
    others = ["lsd", "mcd", "stoi", "f0_rmse", "utmos", "nisqa", "wer"]
    assert overview(others) == others[:6]


def test_no_figure_leaves_out_a_column_of_a_users_own():
    assert first_of_overview([*SIX, "mine"], 3) == [*SIX[:3], "mine"]
    assert first_of_overview(["mine", "yours"], 1) == ["mine", "yours"]


def test_the_headline_is_visqol_or_the_first_of_the_overview():
    assert headline(["pesq_wb", "visqol"]) == "visqol"
    assert headline(["estoi", "pesq_wb"]) == "pesq_wb"
    assert headline([]) == ""


def test_tables_have_an_order_of_their_own():
    assert in_order(["mine", "lsd", "stoi", "pesq_wb"]) == ["pesq_wb", "stoi", "lsd", "mine"]
