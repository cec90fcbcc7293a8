"""What token codecs send, from their bitstreams: rates, use of the codebooks, entropy.

`tokens.csv`, a line for each codebook of each condition: condition, codebook, entries, tokens (that
all items have), used, perplexity, entropy0, entropy1 (bit an index), coverage0, coverage1 (see
`statistics.codebooks`; an entropy is empty below a coverage of 0.9), and per_second, of its tokens.

A condition's columns on the leaderboard are made of its lines:

    frames_per_second     of the codec
    tokens_per_second     of all codebooks
    bits_per_token        payload bits over tokens
    codebook_use          mean over the codebooks of the share of entries that occur
    codebook_perplexity   mean over the codebooks
    entropy0_kbps         sum over the codebooks of entropy0 times per_second
    entropy1_kbps         the same of entropy1
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...codecs import Codec, CodecError
from ...codecs.bitstream import unpack
from ...codecs.tokens import Tokens
from ..data.items import Item
from ..statistics.codebooks import COVERAGE, Use, use_of
from ..store.contents import ContentError, check_content
from ..store.journal import Find
from ..store.run_directory import RunDirectory
from .plan import Plan

COLUMNS = ("condition", "codebook", "entries", *Use._fields, "per_second")
_NAMED = 3  # conditions in a sentence


def token_use(
    plan: Plan, find: Find, directory: RunDirectory
) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """The table of `tokens.csv`, and the columns of each token codec on the leaderboard.

    What has no number is left out. Bitstreams that are missing or have changed are passed over.
    """
    lines: list[dict[str, Any]] = []
    columns: dict[str, dict[str, float]] = {}
    for codec in plan.suite.codecs:
        if codec.kind == "codec" and (found := _sent(plan, codec, find, directory)):
            own, bits = found
            listed = _codebooks(codec.condition, own)
            lines += listed
            columns[codec.condition] = _columns(pd.DataFrame(listed), own[0].frame_rate, bits)
    return pd.DataFrame(lines, columns=list(COLUMNS)), columns


def not_measured(columns: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A sentence on the token codecs that have coded too little for an entropy, by its order."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    for order in (0, 1):
        names = tuple(name for name, own in columns.items() if f"entropy{order}_kbps" not in own)
        if names:
            lacking.setdefault(names, []).append(str(order))
    return [
        f"entropy of order {' and '.join(orders)} of the tokens is not measured "
        f"({_some(names)}): the recordings are too short, more than {1 - COVERAGE:.0%} of what is "
        "sent was seen once only: tokens.csv"
        for names, orders in lacking.items()
    ]


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are; the table has all."""
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _sent(
    plan: Plan, codec: Codec, find: Find, directory: RunDirectory
) -> tuple[list[Tokens], int] | None:
    """The tokens of all items of a condition, and the bits of their payloads; None without any."""
    found, bits = [], 0
    for item in plan.items:
        if payload := _payload(plan, codec, item, find, directory):
            tokens = codec.tokens(payload)
            if tokens is None:
                return None
            found.append(tokens)
            bits += 8 * len(payload)
    return (found, bits) if found else None


def _payload(plan: Plan, codec: Codec, item: Item, find: Find, directory: RunDirectory) -> bytes:
    encoding = plan.encoding(codec, item)
    if not (record := find(encoding.key)):
        return b""
    path = encoding.path(directory)
    try:
        check_content(path, record["sha256"])
        return unpack(path.read_bytes())[1]
    except (ContentError, CodecError, OSError):
        return b""


def _codebooks(condition: str, sent: list[Tokens]) -> list[dict[str, Any]]:
    entries, lines = sent[0].entries, []
    frames = sum(one.frames for one in sent)
    for number, signals in enumerate(zip(*(one.codebooks for one in sent), strict=True)):
        use = use_of([signal.numpy() for signal in signals], entries)
        rate = sent[0].frame_rate * use.tokens / frames
        named = {"condition": condition, "codebook": number, "entries": entries}
        lines.append({**named, **use._asdict(), "per_second": rate})
    return lines


def _columns(books: pd.DataFrame, frame_rate: float, bits: int) -> dict[str, float]:
    rates = books["per_second"]
    found = {
        "frames_per_second": frame_rate,
        "tokens_per_second": rates.sum(),
        "bits_per_token": bits / books["tokens"].sum(),
        "codebook_use": books["used"].mean(),
        "codebook_perplexity": books["perplexity"].mean(skipna=False),
        "entropy0_kbps": (books["entropy0"] * rates).sum(skipna=False) / 1000,
        "entropy1_kbps": (books["entropy1"] * rates).sum(skipna=False) / 1000,
    }
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}
