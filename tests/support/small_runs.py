"""A suite and recordings in one folder, and runs of them by the command line."""

import os
from pathlib import Path

import numpy as np
import soundfile

from nscbench.benchmarks.cli import main
from support.inline_workers import no_processes

RATE = 16_000
SUITE = 'metrics = ["si_sdr"]\n[[condition]]\ncodec = "pcm"\n'


def write_recordings(folder: Path, names="ab", seed=0) -> None:
    """Bursts of noise, 0.5 s each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        random = np.random.default_rng([seed, ord(name[0])])
        audio = 0.1 * np.repeat(random.random(8), 1000) * random.normal(size=8000)
        soundfile.write(folder / f"{name}.flac", audio, RATE)


def run(*words: object) -> int:
    """Exit status of `nscbench run`, without processes of its own."""
    with no_processes():
        return main(["run", *map(str, words)])


def tree(folder: Path) -> dict[str, object]:
    """Everything below a folder: content and time of files, targets of links."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes(), status.st_mtime_ns
        else:
            found[name] = status.st_mode
    return found
