"""Tables as text."""

import pandas as pd

from nscbench.reports.tables.printed import latex, markdown


def test_markdown_and_latex():
    table = pd.DataFrame(
        [
            ("a_b", "codec", 6.0, 3, 4, 3.14159, 3.0, 3.3, 1),
            ("pcm", "control", 256.0, 4, 4, 4.6, 4.5, 4.7, pd.NA),
        ],
        columns=[
            *("condition", "kind", "measured_kbps", "n", "N"),
            *("pesq_wb", "pesq_wb_lo", "pesq_wb_hi", "pesq_wb_rank"),
        ],
    )
    assert markdown(table).splitlines()[2] == "| a_b | 6.00 | 3/4 | 3.14 |"
    lines = latex(table).splitlines()
    assert lines[0] == r"\begin{tabular}{lrrr}"
    assert lines[4] == r"a\_b & 6.00 & 3/4 & \textbf{3.14} \\"
    assert lines[5] == r"pcm (control) & 256.00 & 4/4 & 4.60 \\"
