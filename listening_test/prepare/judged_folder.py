"""The folder and the key of a test beside MUSHRA; the player's files are those of MUSHRA's.

Every signal is one script, `audio/BLIND.js`: the same signal is heard in several trials.
"""

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ... import __version__
from ...benchmarks.store.atomic import write_atomically
from ..folder import write_description
from ..schema import SCHEMA
from .designs import RATED, TRAINING
from .judged_test import JudgedTest, JudgedTrial
from .key import keep_key
from .player_folder import audio_script, copy_player


def write_judged(test: JudgedTest, folder: Path) -> None:
    """Write the test's folder; what is already there is replaced file by file."""
    for blind, samples in test.signals.items():
        script = audio_script(blind, {blind: samples}, test.rate)
        write_atomically(folder / _audio(blind), script.encode())
    copy_player(folder)
    write_description(judged_description(test), folder)


def judged_description(test: JudgedTest) -> dict[str, Any]:
    """The test as the player and the server see it: nothing that would unblind it."""
    request = test.request
    return {
        "schema": SCHEMA,
        "test": test.id,
        "kind": request.test,
        "rate": test.rate,
        "tie": request.tie,
        "stopping": request.stopping.description(),
        "panel": request.panel.description(),
        "configuration": request.configuration.described(),
        "blocks": [list(block) for block in test.blocks],
        "trials": [_entry(test, trial) for trial in test.trials],
    }


def _entry(test: JudgedTest, trial: JudgedTrial) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "trial": trial.id,
        "training": trial.presentation.role == TRAINING,
        "stimuli": list(trial.order),
        "frames": [len(test.signals[blind]) for blind in trial.order],
        "audio": [_audio(blind) for blind in trial.order],
    }
    if trial.words:
        entry["words"] = list(trial.words)
    if test.request.stopping.sequential and trial.presentation.role == RATED:
        entry["pair"] = trial.presentation.pair
    return entry


def _audio(blind: str) -> str:
    return f"audio/{blind}.js"


def write_judged_key(test: JudgedTest, folder: Path) -> Path:
    """Write the key beside the folder that the test goes to; where it is.

    Raises:
        BuildError: the key there is another test's, whose answers it is needed for.
    """
    request = test.request
    content = {
        "schema": SCHEMA,
        "test": test.id,
        "kind": request.test,
        "nscbench": __version__,
        "seed": request.seed,
        "rate": test.rate,
        "conditions": test.conditions,
        "against": test.against,
        "tie": request.tie,
        "stopping": request.stopping.description(),
        "panel": request.panel.description(),
        "requirements": request.configuration.requirements(),
        "items_spread_over": test.column,
        "clips": {name: [item.id for item in clip.items] for name, clip in test.clips.items()},
        "blocks": test.blocks,
        "trials": {trial.id: _key_entry(test, trial) for trial in test.trials},
        "signals": {blind: _signal(test, blind) for blind in test.signals},
        "remarks": test.remarks,
    }
    return keep_key(content, folder)


def _key_entry(test: JudgedTest, trial: JudgedTrial) -> dict[str, object]:
    presentation = trial.presentation
    entry: dict[str, object] = {
        "item": presentation.clip,
        "training": presentation.role == TRAINING,
        "role": presentation.role,
        "order": trial.order,
        "stimuli": {blind: test.heard[blind].condition for blind in trial.order},
        "seconds": [len(test.signals[blind]) / test.rate for blind in trial.order],
        "expected": presentation.expected,
    }
    if presentation.spoken:
        spoken = presentation.spoken
        entry |= {"word": spoken.word, "alternatives": trial.words, "feature": spoken.feature}
    return entry


def _signal(test: JudgedTest, blind: str) -> dict[str, object]:
    heard = test.heard[blind]
    return {
        "item": heard.clip,
        "condition": heard.condition,
        "sha256": sha256(test.signals[blind].astype("<i2").tobytes()).hexdigest(),
        "treatments": [asdict(one) for one in test.treatments[heard.clip, heard.condition]],
    }
