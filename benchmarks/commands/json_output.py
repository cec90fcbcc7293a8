"""What a command says, for programs: one JSON object on standard output, its keys in docs/json.md.

A number that does not exist is null, as JSON has no NaN. Messages stay on standard error.
"""

import argparse
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json` to a command."""
    parser.add_argument("--json", action="store_true", help="everything, for programs")


def print_json(content: Mapping[str, Any]) -> None:
    """Print an object of plain values, tables' lines and numpy's numbers."""
    print(json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
