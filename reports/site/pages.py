"""The pages of a site as HTML, and the style and scripts that they share."""

from collections.abc import Sequence
from typing import Any

from ... import __version__
from ..page.leaderboard import KINDS
from ..page.templating import make_environment, source
from .board import Board, Codec
from .codec_page import codec_values
from .listening import Sounds
from .table import heads, lines, terms_of

# Written file: the templates that it is made of
ASSETS = {
    "site.css": ("report.css", "site.css"),
    "board.js": ("page.js", "board.js", "filters.js"),
    "codec.js": ("page.js", "player.js"),
    "page.js": ("page.js",),
}
Pictures = Sequence[dict[str, Any]]  # as `drawings.saved` gives them


class Pages:
    """The pages of a board."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._environment = make_environment("nscbench.reports.site", "nscbench.reports.page")

    def index(self, pictures: Pictures) -> bytes:
        """The leaderboard, with the figures below it."""
        board = self._board
        return self._render(
            "index.html",
            root="",
            board=board,
            runs=list(board.runs()),
            heads=heads(board),
            lines=list(lines(board)),
            kinds=[kind for kind in KINDS if board.scores.of_kind(kind)],
            terms=terms_of(board),
            cautions=board.material.cautions,
            pictures=pictures,
            not_run=board.material.run.not_run,
        )

    def codec(self, codec: Codec, made: Sounds, pictures: Pictures) -> bytes:
        """The page of a codec."""
        values = codec_values(self._board, codec, made)
        return self._render("codec.html", root="../", pictures=pictures, **values)

    def submit(self) -> bytes:
        """How to submit a codec."""
        return self._render("submit.html", root="", board=self._board)

    def assets(self) -> dict[str, bytes]:
        """Style and scripts, by the name of each file."""
        return {
            name: "\n".join(source(self._environment, part) for part in parts).encode()
            for name, parts in ASSETS.items()
        }

    def _render(self, template: str, **values: Any) -> bytes:
        page = self._environment.get_template(template)
        return page.render(version=__version__, **values).encode()
