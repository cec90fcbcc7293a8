"""Cards of the embedded weights: `python -m nscbench.codecs.weights.cards > docs/weights.md`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .parts import PARTS
from .pretrained import FOLDER, config

LEAD = """# The embedded weights

What the package ships, from the cards beside the files (`codecs/weights/files/NAME.json`); made by
`python -m nscbench.codecs.weights.cards`. All are of the size `small`, trained by
[`nscbench train`](training.md). *Steps* and *speech heard* say how much training a network got;
*minutes* are those of the clock, other work on the machine included. *Validation* is the mean over
recordings of speakers that training never heard, measured when the training ended: one of each of
34, decoded as the codecs do by default. What was tried is in the
[training record](training_record.md).
"""
SHOWN = ("pesq_wb", "estoi", "mel_l1")


def page() -> str:
    """The page as Markdown: a table of all files, the speech, the validation of each."""
    cards = {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))
    }
    parts = [LEAD, overview(cards), "## Speech", speech(cards), "## Validation", _scores(cards)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def overview(cards: Mapping[str, Any]) -> str:
    """Design, size and training of each of the embedded weights, as a Markdown table."""
    lines = []
    for name, card in cards.items():
        size = (FOLDER / f"{name}.safetensors").stat().st_size / 1e6
        heard = card["audio_seconds"] / 3600
        design = _design(config(name, PARTS[card["component"]]))
        lines.append(
            f"`{name}`|{design}|{size:.1f}|{card['steps']}|{heard:.1f}|"
            f"{card['minutes']:.0f}|{_trainer(card['hardware'])}|{card['commit'][:7] or '-'}"
        )
    return _table("weights|design|MB|steps|speech heard, h|minutes|hardware|commit", lines)


def _trainer(hardware: Mapping[str, Any]) -> str:
    """What trained: the GPU, or the processor where there was none."""
    return str(hardware.get("gpu") or hardware["processor"])


def _design(configuration: Any) -> str:
    """What distinguishes the network among those of its kind."""
    names = ("design", "process", "denoiser")
    return ", ".join(str(getattr(configuration, n)) for n in names if hasattr(configuration, n))


def speech(cards: Mapping[str, Any]) -> str:
    """What each was trained on: hours, speakers, corpora and licences, in Markdown."""
    used: dict[str, list[str]] = {}
    for name, card in cards.items():
        used.setdefault(json.dumps(card["data"]), []).append(f"`{name}`")
    parts = []
    for data, names in used.items():
        d = json.loads(data)
        whose = ", ".join(names) if len(used) > 1 else "All"
        parts.append(
            f"{whose}: {d['hours']:.1f} hours, {d['recordings']} recordings, "
            f"{d['speakers']} speakers."
        )
        lines = [f"{s['corpus']}|{s['licence']}|{s['recordings']}" for s in d["sources"]]
        parts.append(_table("corpus|licence|recordings", lines))
    return "\n\n".join(parts)


def _scores(cards: Mapping[str, Any]) -> str:
    lines = []
    for name, card in cards.items():
        points: dict[str, dict[str, float]] = {}
        for key, value in card["validation"].items():
            point, column = key.rsplit("/", 1)
            points.setdefault(point, {})[column] = value
        for point, found in points.items():
            values = "|".join(f"{found[c]:.3f}" if c in found else "-" for c in SHOWN)
            lines.append(f"`{name}`|{point}|{values}")
    return _table("weights|point|PESQ-wb|ESTOI|L1 of log-mels", lines)


def _table(heads: str, lines: Sequence[str]) -> str:
    rule = "|".join("---" for _ in heads.split("|"))
    return "\n".join(f"|{line}|" for line in (heads, rule, *lines))


if __name__ == "__main__":
    print(page(), end="")
