"""What the corpora say of their recordings: speaker, sex, text, each in its own layout.

    LibriSpeech  LibriSpeech/test-clean/61/70968/61-70968-0000.flac; texts of a chapter in
                 61-70968.trans.txt beside it; sexes in LibriSpeech/SPEAKERS.TXT, columns by "|"
    LibriTTS     LibriTTS/test-clean/61/70968/61_70968_000000_000000.wav; its text in
                 ....normalized.txt beside it; sexes in LibriTTS/speakers.tsv, columns by tab
    VCTK 0.92    wav48_silence_trimmed/p225/p225_001_mic1.flac; its text in txt/p225/p225_001.txt
                 (speaker p315 has none); sexes in speaker-info.txt, columns by spaces

The layouts are those of each corpus' README. Recordings are taken as published; of VCTK's two
microphones, mic1 (an omnidirectional DPA 4035), which every speaker has.
"""

from collections.abc import Iterator
from pathlib import Path

from .manifest import Listing


class CorpusError(ValueError):
    """A folder is not laid out as the corpus is."""


def librispeech(root: Path) -> Iterator[Listing]:
    """Recordings of LibriSpeech below `root`, by id."""
    sexes = _sexes(root / "LibriSpeech" / "SPEAKERS.TXT", separator="|", column=1)
    for transcripts in sorted((root / "LibriSpeech").glob("*/*/*/*.trans.txt")):
        for line in transcripts.read_text(encoding="utf-8").splitlines():
            name, _, text = line.partition(" ")
            speaker = name.partition("-")[0]
            yield Listing(
                name,
                transcripts.with_name(name + ".flac"),
                speaker,
                sexes.get(speaker, ""),
                text,
            )


def libritts(root: Path) -> Iterator[Listing]:
    """Recordings of LibriTTS below `root`, by id."""
    sexes = _sexes(root / "LibriTTS" / "speakers.tsv", separator="\t", column=1)
    for path in sorted((root / "LibriTTS").glob("*/*/*/*.wav")):
        speaker = path.stem.partition("_")[0]
        text = _text(path.with_suffix(".normalized.txt"))
        yield Listing(path.stem, path, speaker, sexes.get(speaker, ""), text)


def vctk(root: Path) -> Iterator[Listing]:
    """Recordings of VCTK 0.92's first microphone below `root`, by id."""
    sexes = _sexes(root / "speaker-info.txt", separator=None, column=2)
    for path in sorted((root / "wav48_silence_trimmed").glob("*/*_mic1.flac")):
        speaker, name = path.parent.name, path.stem.removesuffix("_mic1")
        text = _text(root / "txt" / speaker / f"{name}.txt")
        yield Listing(name, path, speaker, sexes.get(speaker, ""), text)


def vctk_member(name: str) -> bool:
    """Is this member of VCTK's archive read here, or its licence? Not the second microphone."""
    return not name.endswith("_mic2.flac")


def _sexes(table: Path, separator: str | None, column: int) -> dict[str, str]:
    """Sex by speaker; lines that say neither F nor M (the header, remarks) are passed over."""
    if not table.is_file():
        raise CorpusError(f"{table} is missing: the folder is not laid out as the corpus is")
    rows = (
        [cell.strip() for cell in line.split(separator)]
        for line in table.read_text(encoding="utf-8").splitlines()
        if not line.startswith(";")
    )
    return {row[0]: row[column] for row in rows if len(row) > column and row[column] in ("F", "M")}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""
