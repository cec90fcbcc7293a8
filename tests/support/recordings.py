"""Recordings and manifests, as files."""

import hashlib
from pathlib import Path

import numpy as np
import soundfile

HEADER = "id,path,speaker,sex,text,sha256"


def tone(seconds: float = 0.1, rate: int = 16_000) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)


def wav(path: Path, rate: int = 16_000, seconds: float = 0.1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(seconds, rate), rate)
    return path


def line(path: Path, folder: Path, name: str = "a", sex: str = "F") -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name},{path.relative_to(folder)},s1,{sex},hello,{digest}"


def manifest(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path
