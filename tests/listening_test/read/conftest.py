"""Files for the readers of results."""

from pathlib import Path

import pytest

from support.results import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write
