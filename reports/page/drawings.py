"""Figures within a page: saved as files, and as SVG in the page's own colours."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..figures.files import FORMATS, follows_layout, save
from ..figures.style import COLUMN, INK, PAPER, TONES, Picture

MOST_VALUES = 1500  # of a figure, in the page's table of them


def saved(
    pictures: Iterable[Picture], folder: Path, suffixes: Sequence[str] = (*FORMATS, ".pdf")
) -> list[dict[str, Any]]:
    """Save figures as they come; what the page shows of them."""
    shown = []
    for picture in pictures:
        save(picture, folder, suffixes)
        svg = (folder / f"{picture.name}.svg").read_text("utf-8")
        shown.append(
            {
                "name": picture.name,
                "title": picture.title,
                "caption": picture.caption,
                "svg": inline(picture.name, picture.title, svg),
                "narrow": "",
                "values": _values(picture.data),
            }
        )
    return shown


def narrow_ones(
    pictures: Iterable[Picture], folder: Path, suffixes: Sequence[str] = (".svg", ".pdf")
) -> dict[str, Markup]:
    """Save those figures that can be as wide as a column; what narrow screens show, by name."""
    shown = {}
    for picture in pictures:
        if follows_layout(picture):
            save(picture, folder, suffixes)
            name = f"{picture.name}{COLUMN.suffix}"
            svg = (folder / f"{name}.svg").read_text("utf-8")
            shown[picture.name] = inline(name, picture.title, svg)
    return shown


def _values(data: pd.DataFrame) -> list[list[str]]:
    """Heads and lines of a figure's numbers, to be read without seeing it; none of very many."""
    if data.size > MOST_VALUES:
        return []
    lines = [[_text(value) for value in line] for line in data.to_numpy(object)]
    return [[str(column) for column in data], *lines]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    number = pd.to_numeric(value, errors="coerce")
    return "–" if pd.isna(number) else f"{number:.4g}"


def inline(name: str, title: str, svg: str) -> Markup:
    """A figure's SVG within the page: ids of its own, the page's colours of text and paper."""
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
    text = text.replace(INK, "currentColor").replace(PAPER, "none")
    for number, colour in enumerate(TONES):
        text = text.replace(colour.lower(), f"var(--tone{number})")
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{Markup.escape(title)}"', 1))
