"""The folder of the player: static files that open from disk, from any host, or from our server.

    index.html, *.js, *.css   the player, as it is in `player/`
    test.js                   the test, blind: `Mushra.test = {...}`
    audio/PART.js             signals: `Mushra.audio("PART", {blind id: base64 FLAC})`. A part is
                              a trial of MUSHRA, or one signal of another test

Audio is in scripts because a page on file:// may neither fetch its neighbours nor read the samples
of its own <audio> elements; a script is loaded from anywhere. 16-bit FLAC is decoded to the same
samples everywhere, and costs less than WAV even as base64.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import soundfile

from ...benchmarks.store.atomic import write_atomically
from ..folder import write_description
from ..schema import SCHEMA, BuildError
from .configuration import PLAIN, Configuration
from .stimuli import Samples
from .trials import ListeningTest, Trial

PLAYER = Path(__file__).parents[1] / "player"


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder with a page that no test wrote: the player's would replace it.

    Raises:
        BuildError: it has one, or is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise BuildError(f"{folder} is a file: choose another --out, a folder")
    page = folder / "index.html"
    if page.exists() and not (folder / "test.js").exists():
        raise BuildError(f"{page} is no listening test's: choose another --out")


def write_player(test: ListeningTest, folder: Path, configuration: Configuration = PLAIN) -> None:
    """Write the test's folder; what is already there is replaced file by file."""
    for trial in test.trials:
        script = audio_script(trial.id, trial.samples, test.rate)
        write_atomically(folder / _audio(trial), script.encode())
    copy_player(folder)
    write_description(blind_description(test, configuration), folder)


def copy_player(folder: Path) -> None:
    """Copy the player's own files, which are the same in every test."""
    for path in sorted(PLAYER.iterdir()):
        if path.suffix in (".html", ".js", ".css"):
            write_atomically(folder / path.name, path.read_bytes())


def blind_description(test: ListeningTest, configuration: Configuration = PLAIN) -> dict[str, Any]:
    """The test as the player and the server see it: nothing that would unblind it."""
    sessions = {"sessions": [list(session) for session in test.sessions]} if test.sessions else {}
    return {
        "schema": SCHEMA,
        "test": test.id,
        "rate": test.rate,
        "minutes": max(1, round(test.minutes)),
        "configuration": configuration.described(),
        **sessions,
        "trials": [
            {
                "trial": trial.id,
                "training": trial.training,
                "frames": trial.frames,
                "audio": _audio(trial),
                "reference": trial.reference,
                "stimuli": list(trial.stimuli),
            }
            for trial in test.trials
        ],
    }


def _audio(trial: Trial) -> str:
    return f"audio/{trial.id}.js"


def audio_script(name: str, samples: Mapping[str, Samples], rate: int) -> str:
    """The script that gives the player signals [T] by blind id, as the part `name` of the test."""
    encoded = {blind: b64encode(_flac(samples[blind], rate)).decode() for blind in sorted(samples)}
    return f"Mushra.audio({json.dumps(name)}, {json.dumps(encoded, indent=0)});\n"


def _flac(samples: Samples, rate: int) -> bytes:
    file = BytesIO()
    soundfile.write(file, samples, rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()
