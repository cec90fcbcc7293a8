"""Tables as text."""

import pandas as pd

from nscbench.reports.tables.printed import latex, markdown


def board(*names):
    """A leaderboard of conditions of these names."""
    return pd.DataFrame(
        [
            *((name, "codec", 6.0, 3, 4, 3.14159, 3.0, 3.3, 1) for name in names),
            ("pcm", "control", 256.0, 4, 4, 4.6, 4.5, 4.7, pd.NA),
        ],
        columns=[
            *("condition", "kind", "measured_kbps", "n", "N"),
            *("pesq_wb", "pesq_wb_lo", "pesq_wb_hi", "pesq_wb_rank"),
        ],
    )


def test_no_name_is_a_command_or_a_cell():
    table = board(r"\input{/etc/passwd}", "[3cm] x", "a|b", "~^$%")
    lines = latex(table).splitlines()[4:8]
    assert [line.partition(" & 6.00")[0] for line in lines] == [
        r"\textbackslash{}input\{/etc/passwd\}",
        "{[}3cm] x",
        "a|b",
        r"\textasciitilde{}\textasciicircum{}\$\%",
    ]
    assert markdown(table).splitlines()[4].startswith(r"| a\|b | 6.00 |")


def test_markdown_and_latex():
    table = board("a_b")
    assert markdown(table).splitlines()[2] == "| a_b | 6.00 | 3/4 | 3.14 |"
    lines = latex(table).splitlines()
    assert lines[0] == r"\begin{tabular}{lrrr}"
    assert lines[4] == r"a\_b & 6.00 & 3/4 & \textbf{3.14} \\"
    assert lines[5] == r"pcm (control) & 256.00 & 4/4 & 4.60 \\"


def test_only_a_winner_is_bold():
    """Who shares the first rank has not won."""
    table = pd.DataFrame(
        [
            (name, "codec", 6.0, 4, 4, 3.0, 2.9, 3.1, rank)
            for name, rank in zip("abc", (1, 1, 3), strict=True)
        ],
        columns=[
            *("condition", "kind", "measured_kbps", "n", "N"),
            *("pesq_wb", "pesq_wb_lo", "pesq_wb_hi", "pesq_wb_rank"),
        ],
    )
    assert "textbf" not in latex(table)
    assert latex(table.assign(pesq_wb_rank=[1, 2, 2])).count(r"\textbf{3.00}") == 1


def test_cautions_stand_under_the_table():
    table = pd.DataFrame(
        [("a", "codec", 6.0, 4, 4, 3.0, 2.9, 3.1)],
        columns=[
            *("condition", "kind", "measured_kbps", "n", "N"),
            *("pesq_wb", "pesq_wb_lo", "pesq_wb_hi"),
        ],
    )
    assert markdown(table, ["no ranks in PESQ"]).endswith("\n\nno ranks in PESQ.")
    assert "\nno 5\\% here." in latex(table, ["no 5% here"]).replace(r"\\{} ", "")
