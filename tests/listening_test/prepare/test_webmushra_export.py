"""The export to webMUSHRA: its configuration, and its results read again."""

import re
from pathlib import Path

import jsonschema
import numpy as np
import soundfile
import yaml

from nscbench.listening_test.prepare.webmushra_export import write_webmushra
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings
from support.mushra_run import RATE, by_condition

WEBMUSHRA = {  # the keys that its code reads, and no others
    "$defs": {
        "path": {"type": "string", "pattern": r"^configs/resources/[\w./-]+\.wav$"},
        "generic": {
            "properties": {
                "type": {"const": "generic"},
                "id": {"type": "string"},
                "name": {"type": "string"},
                "content": {"type": "string"},
            },
            "required": ["type", "id", "name", "content"],
            "additionalProperties": False,
        },
        "volume": {
            "properties": {
                "type": {"const": "volume"},
                "id": {"type": "string"},
                "name": {"type": "string"},
                "content": {"type": "string"},
                "stimulus": {"$ref": "#/$defs/path"},
                "defaultVolume": {"type": "number", "minimum": 0, "maximum": 1},
            },
            "required": ["type", "id", "name", "content", "stimulus", "defaultVolume"],
            "additionalProperties": False,
        },
        "mushra": {
            "properties": {
                "type": {"const": "mushra"},
                "id": {"type": "string"},
                "name": {"type": "string"},
                "content": {"type": ["string", "null"]},
                "showWaveform": {"type": "boolean"},
                "enableLooping": {"type": "boolean"},
                "strict": {"type": "boolean"},
                "reference": {"$ref": "#/$defs/path"},
                "createAnchor35": {"const": False},
                "createAnchor70": {"const": False},
                "randomize": {"type": "boolean"},
                "showConditionNames": {"const": False},
                "switchBack": {"type": "boolean"},
                "stimuli": {
                    "type": "object",
                    "propertyNames": {"not": {"const": "reference"}},
                    "additionalProperties": {"$ref": "#/$defs/path"},
                    "minProperties": 1,
                    "maxProperties": 11,
                },
            },
            "required": ["type", "id", "name", "content", "reference", "stimuli"],
            "additionalProperties": False,
        },
        "random": {
            "type": "array",
            "prefixItems": [{"const": "random"}],
            "items": {"$ref": "#/$defs/mushra"},
            "minItems": 2,
        },
        "question": {
            "properties": {
                "type": {"enum": ["text", "number", "likert", "long_text"]},
                "name": {"type": "string"},
                "label": {"type": "string"},
                "optional": {"type": "boolean"},
                "response": {
                    "type": "array",
                    "items": {
                        "properties": {"value": {"type": "string"}, "label": {"type": "string"}},
                        "required": ["value", "label"],
                        "additionalProperties": False,
                    },
                },
            },
            "required": ["type", "name", "label"],
            "additionalProperties": False,
        },
        "finish": {
            "properties": {
                "type": {"const": "finish"},
                "name": {"type": "string"},
                "content": {"type": "string"},
                "popupContent": {"type": "string"},
                "showResults": {"type": "boolean"},
                "showErrors": {"const": True},
                "writeResults": {"type": "boolean"},
                "questionnaire": {"type": "array", "items": {"$ref": "#/$defs/question"}},
            },
            "required": ["type", "name", "content", "popupContent", "showErrors"],
            "additionalProperties": False,
        },
    },
    "properties": {
        "testname": {"type": "string"},
        "testId": {"type": "string", "pattern": r"^[a-z0-9-]+$"},
        "bufferSize": {"enum": [256, 512, 1024, 2048, 4096, 8192, 16384]},
        "stopOnErrors": {"type": "boolean"},
        "showButtonPreviousPage": {"type": "boolean"},
        "language": {"enum": ["en", "de", "fr", "es"]},
        "remoteService": {"type": "string"},
        "pages": {
            "prefixItems": [
                {"$ref": "#/$defs/generic"},
                {"$ref": "#/$defs/volume"},
                {"$ref": "#/$defs/mushra"},
                {"$ref": "#/$defs/random"},
                {"$ref": "#/$defs/finish"},
            ],
            "items": False,
            "minItems": 5,
        },
    },
    "required": ["testname", "testId", "bufferSize", "stopOnErrors", "remoteService", "pages"],
    "additionalProperties": False,
}


def test_the_export_is_a_webmushra_configuration(test, tmp_path):
    path = write_webmushra(test, tmp_path)
    configuration = yaml.safe_load(path.read_text())
    jsonschema.Draft202012Validator.check_schema(WEBMUSHRA)
    jsonschema.validate(configuration, WEBMUSHRA)
    training, rated = configuration["pages"][2], configuration["pages"][3][1:]
    assert training["id"] == "training/" + test.trials[0].item
    assert [page["id"] for page in rated] == [trial.item for trial in test.trials[1:]]
    for page, trial in zip([training, *rated], test.trials, strict=True):
        assert set(page["stimuli"]) == {"late-1", "noisy-6", "anchor35", "mnru-20"}
        for name, file in {**page["stimuli"], "reference": page["reference"]}.items():
            samples, rate = soundfile.read(tmp_path / file, dtype="int16")
            assert rate == RATE
            assert np.array_equal(samples, by_condition(trial)[name])
            assert re.fullmatch(r"[0-9a-f]{8}", Path(file).stem)


def test_webmushras_csv_of_an_export_comes_back_unchanged(test, tmp_path):
    """As its write.php writes it: scores unquoted, texts with blanks quoted, no comment."""
    configuration = yaml.safe_load(write_webmushra(test, tmp_path).read_text())
    header = ["session_test_id", "device", "comment", "session_uuid", "trial_id"]
    header += ["rating_stimulus", "rating_score", "rating_time", "rating_comment"]
    lines, given = [",".join(header)], {}
    pages = [configuration["pages"][2], *configuration["pages"][3][1:]]
    for listener in (
        "60f6cfa7-8405-4261-b671-dec6056f5cd5",
        "264c35db-a636-440d-b542-c3ac3916c440",
    ):
        for place, page in enumerate(pages):
            for number, stimulus in enumerate([*page["stimuli"], "reference"]):
                score = (17 * place + 31 * number + len(lines)) % 101
                before = f'{test.id},closed,"50% worse, R&B + ""x""",{listener}'
                lines.append(f"{before},{page['id']},{stimulus},{score},3528,")
                if place:
                    given[listener, page["id"], stimulus] = score
    path = tmp_path / "mushra.csv"
    path.write_text("\n".join(lines) + "\n")
    reading = valid_ratings(read_results([path]).submissions)
    assert not reading.rejected
    assert {(r.listener, r.item, r.condition): r.score for r in reading.ratings} == given
    assert {condition for _, _, condition in given} == set(test.trials[1].stimuli.values())
