"""Files of a figure: each format as matplotlib saves it, with less work."""

import re
import zlib
from io import BytesIO

import pandas as pd
import pytest
from matplotlib.figure import Figure

from nscbench.reports.figures.files import save
from nscbench.reports.figures.style import Picture, drawing, panels, settle


def picture():
    figure, (axes,) = panels(1)
    axes.plot([1, 2], [3, 1])
    axes.set_title("fi AV")  # a ligature and a pair that is kerned
    return Picture("one", "One", "", figure, pd.DataFrame({"a": [1]}))


@pytest.mark.parametrize(("suffix", "dated"), [(".png", {}), (".svg", {"Date": None})])
def test_a_file_is_that_of_savefig(tmp_path, suffix, dated):
    with drawing():
        expected = BytesIO()
        settle((drawn := picture()).figure)
        drawn.figure.savefig(expected, format=suffix[1:], dpi=160, metadata=dated)
        save(picture(), tmp_path, (suffix,))
    assert (tmp_path / f"one{suffix}").read_bytes() == expected.getvalue()


def test_a_pdf_embeds_its_letters(tmp_path):
    with drawing():
        save(picture(), tmp_path, (".pdf",))
    content = (tmp_path / "one.pdf").read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)
    fonts = [font for one in streams if (font := unpacked(one))[:4] == b"\0\1\0\0"]
    assert fonts
    assert all(b"glyf" in font[:400] for font in fonts)


def unpacked(stream):
    return zlib.decompressobj().decompress(stream) if stream[:1] == b"\x78" else stream


def test_a_figure_is_drawn_once_for_each_format(tmp_path, monkeypatch):
    draws = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda self, *given: draws.append(1) or draw(self, *given))
    with drawing():
        save(picture(), tmp_path, (".png", ".svg", ".pdf"))
    assert len(draws) == 3
