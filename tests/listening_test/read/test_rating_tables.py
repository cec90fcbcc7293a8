"""Tables of webMUSHRA, of pymushra, and plain ones; damaged rows cost themselves only."""

import pytest

from nscbench.listening_test.read.results_files import read_results
from support.results import HEADER, SCORES, UUID, Write, as_csv, given, pymushra_rows, webmushra_row


def test_webmushra_csv(write: Write) -> None:
    rows = [webmushra_row("item_a", n, s, 'R&B, 50% "worse"\nhere', "") for n, s in SCORES.items()]
    imported = read_results([write("mushra.csv", as_csv(rows))])
    assert given(imported) == {(UUID, "item_a", n): str(s) for n, s in SCORES.items()}
    assert imported.submissions[0].test == "Smoke"
    assert not imported.rejected


def test_webmushra_csv_after_its_questionnaire_changed(write: Write) -> None:
    rows = [
        webmushra_row("item_a", "codecA", 77),
        webmushra_row("item_a", "codecB", 55, "one", "yes", "a third answer"),
        webmushra_row("item_a", "reference", 100, "only one"),
        ["Smoke", "torn", UUID[:9]],
    ]
    imported = read_results([write("mushra.csv", as_csv(rows))])
    assert set(given(imported).values()) == {"77", "55", "100"}
    assert sum("another questionnaire" in note for note in imported.notes) == 2
    assert [(r.line, "3 fields" in r.why) for r in imported.rejected] == [(5, True)]


PHP_ANSWERS = {  # what listeners write: how PHP's fputcsv writes it
    'he said \\"': r'"he said \""',
    'he said \\"yes\\"': r'"he said \"yes\""',
    "a b\\": r'"a b\"',
    '\\"': r'"\""',
    'so \\", worse': r'"so \", worse"',
    'so \\",\n"worse" \\': '"so \\",\n""worse"" \\"',
    'a "b" c': '"a ""b"" c"',
    '\\""': r'"\""""',
}


@pytest.mark.parametrize("written", PHP_ANSWERS.values(), ids=PHP_ANSWERS.keys())
@pytest.mark.parametrize("other", [*PHP_ANSWERS.values(), "yes", '"a, b"'])
def test_what_php_writes_of_free_text_swallows_no_row(
    write: Write, written: str, other: str
) -> None:
    lines = [
        f"Smoke,{answers},{UUID},item_a,{name},{score},3528,"
        for name, score in SCORES.items()
        for answers in (f"{written},{other}" if name != "codecB" else "one,yes",)
    ]
    imported = read_results([write("mushra.csv", "\n".join([HEADER, *lines, ""]))])
    assert given(imported) == {(UUID, "item_a", n): str(s) for n, s in SCORES.items()}
    assert {s.test for s in imported.submissions} == {"Smoke"}
    assert not imported.rejected
    assert not imported.notes


def test_a_text_of_ever_more_readings_holds_nothing_up(write: Write) -> None:
    """Fibonacci numbers of readings: not all of them are tried."""
    row = f"Smoke,%s,yes,{UUID},item_a,%s,%d,3528,"
    hostile = '"' + '\\",",' * 200 + 'x"y"'
    lines = [row % ("a", "codecA", 77), row % (hostile, "codecB", 55), row % ("b", "reference", 99)]
    imported = read_results([write("mushra.csv", "\n".join([HEADER, *lines]))])
    assert list(given(imported).values()) == ["77", "55", "99"]
    assert ["another questionnaire" in note for note in imported.notes] == [True]


def test_a_torn_row_of_webmushra_costs_itself_only(write: Write) -> None:
    row = f"Smoke,one,yes,{UUID},item_a,%s,%d,3528,"
    lines = [
        row % ("codecA", 77),
        'Smoke,"torn \\" text',
        row % ("codecB", 55),
        r'Smoke,"a \"",yes,' + f"{UUID},item_a,reference,100,3528,",
    ]
    imported = read_results([write("mushra.csv", "\n".join([HEADER, *lines]))])
    assert set(given(imported).values()) == {"77", "55", "100"}
    assert [(r.line, "not closed" in r.why) for r in imported.rejected] == [(3, True)]


def test_a_bad_spot_of_a_table_costs_its_line_only(write: Write) -> None:
    lines = ["listener,item,condition,score"]
    lines += [f"{n},a,opus-6,{n}" for n in range(10)]
    lines[3] = '2,a,"opus-6,2'  # a quote that is never closed
    lines[6] = "5,a,op\0us-6"
    lines[8] = "7,a," + "x" * 200_000 + ",7"
    lines.append('"10","a","a name, ""quoted"", and\nof two lines",10')
    lines.append("11,a,opus-6,11")
    imported = read_results([write("long.csv", "\n".join(lines) + "\n")])
    scores = [str(score) for score in given(imported).values()]
    assert scores == [str(n) for n in range(12) if n not in (2, 5)]
    assert ("10", "a", r'a name, "quoted", and\nof two lines') in given(imported)
    assert [(r.line, r.why) for r in imported.rejected] == [
        (4, "a quote in this line is not closed where a field ends"),
        (7, "3 fields where the header has 4"),
    ]
    assert imported.submissions[-1].line == 14


def test_a_repeated_header_is_no_rating(write: Write) -> None:
    text = as_csv([webmushra_row("item_a", "codecA", 77)])
    imported = read_results([write("joined.csv", text + text)])
    assert len(given(imported)) == 1
    assert any("header is repeated" in note for note in imported.notes)


@pytest.mark.parametrize("reverse", [False, True])
def test_pymushra_csv_in_any_order_of_columns(write: Write, reverse: bool) -> None:
    names = sorted(pymushra_rows()[0], reverse=reverse)
    rows: list[list[object]] = [[row[n] for n in names] for row in pymushra_rows()]
    imported = read_results([write("p.csv", as_csv(rows, ",".join(names), ";"))])
    assert given(imported) == {(UUID, "item_a", n): str(s) for n, s in SCORES.items()}
    assert len(imported.rejected) == len(SCORES)
    assert "'bs1116'" in imported.rejected[0].why


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_long_table(write: Write, delimiter: str) -> None:
    rows: list[list[object]] = [[61.5, "a", "opus-6", 3], [100, "a", "reference", 3]]
    text = "\ufeff" + as_csv(rows, "Score,ITEM,condition, listener", delimiter)
    imported = read_results([write("long.csv", text)])
    assert given(imported) == {("3", "a", "opus-6"): "61.5", ("3", "a", "reference"): "100"}
    assert not imported.submissions[0].blind
