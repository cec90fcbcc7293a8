"""A test as a folder to drop into a webMUSHRA checkout: configuration and audio.

    configs/TEST.yaml                      opened with `?config=TEST.yaml`
    configs/resources/TEST/PAGE/CODE.wav   16 bit; names are blind

What webMUSHRA does wrong, or leaves to the configuration, is done here: anchors are ready-made
(its own come 2 ms early and miss BS.1534-3's template), every file has one rate and one length, and
errors are shown to the listener. It adds the hidden reference itself, as `reference`, and lets no
more than 12 conditions be listed beside it, without counting it.

Its results name pages and conditions as they are here: a page's id is the item's, with "training/"
before it for the training page, which webMUSHRA does not tell apart otherwise. So they are read
without the key, and the configuration is not blind to a listener who opens it.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import soundfile

from ...benchmarks.store.atomic import write_atomically
from ..schema import REFERENCE, TRAINING_PAGE
from .stimuli import Samples
from .trials import ListeningTest, Trial

_WELCOME = (
    "<p>You will hear short recordings of speech in several versions and rate the quality of each "
    "version against the reference. One of the versions is the reference itself: it should get "
    "100.</p><p>Please use headphones, in a quiet place.</p>"
)
_VOLUME = "<p>Set a comfortable level. Please do not change it afterwards.</p>"
_TRAINING = "<p>Get to know the recordings and the controls. These ratings do not count.</p>"
_RATE = "<p>Play every version and rate it against the reference.</p>"


def write_webmushra(test: ListeningTest, folder: Path) -> Path:
    """Write the export below `folder`; the path of the configuration."""
    import yaml

    for trial in test.trials:
        for blind in trial.samples:
            if trial.stimuli.get(blind) != REFERENCE:  # webMUSHRA copies the open one
                wav = _wav(trial.samples[blind], test.rate)
                write_atomically(folder / _path(test, trial, blind), wav)
    path = folder / "configs" / f"{test.id}.yaml"
    text = yaml.safe_dump(configuration(test), sort_keys=False, allow_unicode=True, width=100)
    write_atomically(path, text.encode())
    return path


def configuration(test: ListeningTest) -> dict[str, Any]:
    """The configuration, as `webMUSHRA` reads it from YAML."""
    training, *rated = [_page(test, trial) for trial in test.trials]
    return {
        "testname": "Listening test",
        "testId": test.id,
        "bufferSize": 2048,
        "stopOnErrors": True,
        "showButtonPreviousPage": False,
        "language": "en",
        "remoteService": "service/write.php",
        "pages": [
            {"type": "generic", "id": "welcome", "name": "Welcome", "content": _WELCOME},
            {
                "type": "volume",
                "id": "volume",
                "name": "Volume",
                "content": _VOLUME,
                "stimulus": training["reference"],
                "defaultVolume": 0.5,
            },
            training,
            ["random", *rated],
            {
                "type": "finish",
                "name": "Thank you",
                "content": "Your ratings are sent when you press the button.",
                "popupContent": "Your ratings have been sent. Thank you!",
                "showResults": False,
                "showErrors": True,
                "writeResults": True,
                "questionnaire": list(_questionnaire()),
            },
        ],
    }


def _page(test: ListeningTest, trial: Trial) -> dict[str, Any]:
    return {
        "type": "mushra",
        "id": f"{TRAINING_PAGE}{trial.item}" if trial.training else trial.item,
        "name": "Training" if trial.training else "Rating",
        "content": _TRAINING if trial.training else _RATE,
        "showWaveform": True,
        "enableLooping": True,
        "strict": True,
        "reference": _path(test, trial, trial.reference),
        "createAnchor35": False,
        "createAnchor70": False,
        "randomize": True,
        "showConditionNames": False,
        "switchBack": False,
        "stimuli": {
            condition: _path(test, trial, blind)
            for blind, condition in trial.stimuli.items()
            if condition != REFERENCE
        },
    }


def _questionnaire() -> Iterator[dict[str, Any]]:
    """No name, no address: nothing that tells who it was."""
    yield {
        "type": "likert",
        "name": "device",
        "label": "What do you listen with?",
        "response": [
            {"value": "closed", "label": "closed headphones"},
            {"value": "open", "label": "open headphones"},
            {"value": "in-ear", "label": "in-ear headphones"},
            {"value": "loudspeakers", "label": "loudspeakers"},
        ],
    }
    yield {"type": "long_text", "name": "comment", "label": "Any comment?", "optional": True}


def _path(test: ListeningTest, trial: Trial, blind: str) -> str:
    """Of a file, relative to the root of the checkout."""
    return f"configs/resources/{test.id}/{trial.id}/{blind}.wav"


def _wav(samples: Samples, rate: int) -> bytes:
    file = BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
