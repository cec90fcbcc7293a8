"""A program that codes, and speech that it is given."""

import pytest
import torch

from support.programs import RATE, TOOL


@pytest.fixture
def tool(tmp_path):
    path = tmp_path / "tool.py"
    path.write_text(TOOL)
    return path


@pytest.fixture
def signal(speech_like):
    return torch.from_numpy(speech_like(0.2, RATE))
