"""Building a listening test: selection, stimuli, anchors, key, player folder, webMUSHRA export."""

import json
import re
import shutil
from base64 import b64decode
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import jsonschema
import numpy as np
import pyloudnorm
import pytest
import soundfile
import yaml

from nscbench.benchmarks.commands.mushra_build import add_parsers
from nscbench.listening_test.folder import key_path, read_description
from nscbench.listening_test.prepare import anchors, coded_speech, selection
from nscbench.listening_test.prepare.key import write_key
from nscbench.listening_test.prepare.player_folder import PLAYER, write_player
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.prepare.webmushra_export import write_webmushra
from nscbench.listening_test.read.results_files import read_results
from nscbench.listening_test.read.validation import valid_ratings
from nscbench.listening_test.schema import BuildError
from support.mushra_run import DELAY, ITEMS, KINDS, RATE, make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory, speech_like):
    return make_run(tmp_path_factory.mktemp("bench") / "run", speech_like)


@pytest.fixture(scope="module")
def test(run):
    return make_test(run, seed=3)


@pytest.fixture
def broken(run, tmp_path):
    """A copy of the run to damage."""
    return shutil.copytree(run, tmp_path / "run")


def by_condition(trial):
    return {condition: trial.samples[blind] for blind, condition in trial.stimuli.items()}


def test_a_test_has_what_the_standard_asks_for(test):
    assert [trial.id for trial in test.trials][:2] == ["training", "trial-01"]
    assert [trial.training for trial in test.trials] == [True, False, False, False, False]
    rated = {"late-1", "noisy-6", "reference", "anchor35", "anchor70"}
    assert all(set(trial.stimuli.values()) == rated for trial in test.trials)
    assert len({trial.item for trial in test.trials}) == 5  # none is both trained and rated
    assert any("BS.1534-3 asks for 5" in remark for remark in test.remarks)
    assert not {"long", "short"} & {trial.item for trial in test.trials}


def test_every_signal_of_a_trial_has_the_length_of_the_reference(test):
    for trial in test.trials:
        lengths = {len(samples) for samples in trial.samples.values()}
        assert lengths == {round(ITEMS[trial.item][0] * RATE)}


def test_hidden_reference_is_the_open_one(test):
    for trial in test.trials:
        hidden = by_condition(trial)["reference"]
        assert np.array_equal(hidden, trial.samples[trial.reference])
        assert trial.reference not in trial.stimuli


def test_delay_and_level_of_a_condition_are_undone(test):
    for trial in test.trials:
        signals = by_condition(trial)
        inside = slice(0, -DELAY)
        error = signals["late-1"][inside] - signals["reference"][inside].astype(float)
        assert np.abs(error).max() < 0.01 * np.abs(signals["reference"].astype(float)).max()
        treatment = trial.treatments["late-1"]
        assert treatment.delay_ms == pytest.approx(1000 * DELAY / RATE)
        gain = treatment.gain_db - trial.treatments["reference"].gain_db
        assert gain == pytest.approx(20 * np.log10(2), abs=0.05)


def test_loudness_is_matched_and_nothing_peaks(test):
    meter = pyloudnorm.Meter(RATE)
    for trial in test.trials:
        signals = {name: s / 32768 for name, s in by_condition(trial).items()}
        loudness = {name: meter.integrated_loudness(s) for name, s in signals.items()}
        for name in ("late-1", "noisy-6"):
            assert loudness[name] == pytest.approx(loudness["reference"], abs=0.05)
        assert loudness["reference"] <= -22.95
        assert max(np.abs(s).max() for s in signals.values()) <= 10 ** (-1 / 20) + 1e-4


@pytest.mark.parametrize("name", ["anchor35", "anchor70"])
@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_anchors_meet_the_template_without_delay(name, rate):
    """BS.1534-3: +-0.1 dB up to the cut-off; 25 dB down 500 Hz above it, 50 dB from 1 kHz on."""
    cutoff = anchors.CUTOFFS[name]
    impulse = np.zeros(8191)
    impulse[4095] = 1
    response = anchors.low_pass(impulse, name, rate)
    assert np.allclose(response, response[::-1], atol=1e-15)  # symmetric about the impulse
    frequency = np.fft.rfftfreq(1 << 16, 1 / rate)
    level = 20 * np.log10(np.abs(np.fft.rfft(response, 1 << 16)) + 1e-12)
    assert np.abs(level[frequency <= cutoff]).max() <= 0.1
    assert level[(frequency >= cutoff + 500)].max() <= -25
    assert level[frequency >= cutoff + 1000].max(initial=-99) <= -50


def test_low_sampling_rates_have_fewer_anchors():
    assert anchors.anchors_at(48_000) == ["anchor35", "anchor70"]
    assert anchors.anchors_at(12_000) == ["anchor35"]
    assert anchors.anchors_at(7_000) == []


def test_mid_anchor_of_band_limited_speech_is_not_audible(speech_like):
    full = speech_like(2, 24_000).astype(float)
    assert anchors.is_audible(full, anchors.low_pass(full, "anchor70", 24_000), 24_000)
    narrow = anchors.low_pass(full, "anchor35", 24_000)
    assert not anchors.is_audible(narrow, anchors.low_pass(narrow, "anchor70", 24_000), 24_000)
    silence = np.zeros(24_000)
    assert not anchors.is_audible(silence, silence, 24_000)


def test_mnru_has_the_ratio_that_it_states(speech_like):
    """ITU-T P.810: Q is the ratio in dB of the power of speech to that of the noise."""
    speech = speech_like(8, RATE).astype(float)
    noise = anchors.mnru(speech, 15, "item") - speech
    assert 10 * np.log10((speech**2).sum() / (noise**2).sum()) == pytest.approx(15, abs=0.3)


def test_mnru_anchors_are_rated_too(run):
    test = make_test(run, items=1, mnru=[10, 25])
    assert {"mnru-10", "mnru-25"} < set(test.trials[1].stimuli.values())


def test_the_same_seed_gives_the_same_test(run, test, tmp_path):
    again = make_test(run, seed=3)
    assert again.id == test.id
    write_player(test, tmp_path / "one")
    write_player(again, tmp_path / "two")
    names = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(names) > 10
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    other = make_test(run, seed=4)
    assert other.id != test.id
    assert not set(other.trials[1].stimuli) & set(test.trials[1].stimuli)


def test_items_are_spread_over_speakers_sexes_and_the_metric(tmp_path, speech_like, run):
    items = tuple(
        coded_speech.Passage(f"{speaker}{n}", Path(), speaker, speaker[0], 5.0)
        for speaker in ("F1", "F2", "M1", "M2")
        for n in range(10)
    )
    scores = {("x", item.id): number % 10 + number / 100 for number, item in enumerate(items)}
    wide = coded_speech.CodedSpeech(
        _Everything(tmp_path), items, {"x": "codec"}, {"x": RATE}, "pesq_wb", scores
    )
    for seed in range(5):
        chosen = selection.choose_items(wide, ["x"], 8, seed).items
        assert Counter(item.sex for item in chosen) == {"F": 4, "M": 4}
        assert set(Counter(item.speaker for item in chosen).values()) == {2}
        values = sorted(scores["x", item.id] for item in chosen)
        assert all(b - a < 3 for a, b in pairwise(values))
        assert values[0] < 2
        assert values[-1] > 8


class _Everything:
    """A run's directory in which every file exists."""

    def __init__(self, path):
        self.path = path

    def decoded(self, condition, item):
        return self.path


def test_too_many_codecs_are_thinned_over_the_metric(tmp_path):
    names = [f"c{n:02d}" for n in range(15)]
    items = (coded_speech.Passage("a", Path(), "", "", 5.0),)
    scores = {(name, "a"): float(number) for number, name in enumerate(names)}
    run = coded_speech.CodedSpeech(
        _Everything(tmp_path),
        items,
        dict.fromkeys(names, "codec"),
        dict.fromkeys(names, RATE),
        "pesq_wb",
        scores,
    )
    chosen, remarks = selection.choose_conditions(run, [], 8)
    assert chosen == ["c00", "c02", "c04", "c06", "c08", "c10", "c12", "c14"]
    assert "left out" in remarks[0]
    assert "c01" in remarks[0]
    with pytest.raises(BuildError, match="15 conditions are too many"):
        selection.choose_conditions(run, names, 8)


def test_the_folder_is_blind(test, tmp_path):
    folder = tmp_path / "test"
    write_player(test, folder)
    key = json.loads(write_key(test, folder).read_text())
    assert key_path(folder).parent == tmp_path
    names = {*KINDS, *ITEMS, "anchor35", "anchor70"} - {"a", "b", "c", "d", "e", "short"}
    served = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in served if any(name in path.name for name in names)]
    for path in [folder / "test.js", *folder.glob("audio/*.js")]:
        assert not [name for name in names if f'"{name}"' in path.read_text()]
    description = read_description(folder)
    assert description["test"] == key["test"] == test.id
    for entry in description["trials"]:
        known = key["trials"][entry["trial"]]
        assert entry["stimuli"] == sorted(known["stimuli"])
        assert known["item"] in ITEMS
        assert entry["reference"] not in known["stimuli"]
        assert set(known["signals"]) == set(known["stimuli"].values())


def test_blind_ids_do_not_follow_from_the_seed_alone(run):
    """Who knows the program and its default seed must not know where the hidden reference is."""
    tests = [make_test(run, conditions=[name], items=2, seed=0) for name in ("late-1", "noisy-6")]
    first, second = ({*t.samples} for t in (test.trials[0] for test in tests))
    assert len(first) == len(second) == 5
    assert not first & second
    again = make_test(run, conditions=["late-1"], items=2, seed=0)
    assert {*again.trials[0].samples} == first


def test_audio_scripts_hold_the_samples(test, tmp_path):
    write_player(test, tmp_path / "test")
    for trial in test.trials:
        text = (tmp_path / "test" / "audio" / f"{trial.id}.js").read_text()
        call = re.fullmatch(r'Mushra\.audio\("([\w-]+)", (\{.*\})\);\n', text, re.DOTALL)
        assert call[1] == trial.id
        encoded = json.loads(call[2])
        assert set(encoded) == set(trial.samples)
        for blind, base64 in encoded.items():
            samples, rate = soundfile.read(BytesIO(b64decode(base64)), dtype="int16")
            assert rate == RATE
            assert np.array_equal(samples, trial.samples[blind])


def test_a_key_is_never_overwritten_by_another_tests(run, test, tmp_path):
    write_key(test, tmp_path / "test")
    before = key_path(tmp_path / "test").read_bytes()
    write_key(test, tmp_path / "test")
    with pytest.raises(BuildError, match="key of another test"):
        write_key(make_test(run, seed=4), tmp_path / "test")
    assert key_path(tmp_path / "test").read_bytes() == before


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"conditions": ["nothing"]}, "no condition 'nothing'; it has: late-1, noisy-6, pcm"),
        ({"conditions": ["pcm", "pcm"]}, "named twice: pcm"),
        ({"items": 6}, "1 to 5 can be used; 2 of 7 items are not 1 to 12 s long"),
        ({"items": 0}, "1 to 5 can be used"),
        ({"mnru": [99]}, "no MNRU anchor of 99 dB"),
        ({"mnru": [5, 5]}, "named twice"),
        ({"mnru": list(range(9))}, "leave no room"),
    ],
)
def test_wrong_requests_are_refused(run, request_, message):
    with pytest.raises(BuildError, match=re.escape(message)):
        make_test(run, **request_)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(BuildError, match="not a finished run.*nscbench run"):
        make_test(tmp_path)


def test_a_damaged_run_is_refused(broken):
    (broken / "manifest.json").write_text("{")
    with pytest.raises(BuildError, match="manifest.json: cannot be read"):
        make_test(broken)


def test_items_that_a_condition_did_not_decode_are_left_out(broken):
    (broken / "decoded" / "late-1" / "a.flac").unlink()
    test = make_test(broken)
    assert "a" not in {trial.item for trial in test.trials}
    assert "late-1 did not decode 1 items" in test.remarks


def test_the_only_item_is_trained_and_rated(broken):
    for item in "abcd":
        (broken / "decoded" / "late-1" / f"{item}.flac").unlink()
    test = make_test(broken)
    assert [trial.item for trial in test.trials] == ["e", "e"]
    assert any("no item is left for training" in remark for remark in test.remarks)
    assert not set(test.trials[0].stimuli) & set(test.trials[1].stimuli)


def test_silence_is_refused(broken):
    for item in "abcde":
        path = broken / "decoded" / "noisy-6" / f"{item}.flac"
        soundfile.write(path, np.zeros(round(ITEMS[item][0] * RATE)), RATE)
    with pytest.raises(BuildError, match="noisy-6.*silent|silent.*noisy-6"):
        make_test(broken)


def test_an_unreadable_recording_is_refused(broken):
    for path in (broken / "decoded" / "noisy-6").iterdir():
        path.write_bytes(b"no audio")
    with pytest.raises(BuildError, match="noisy-6: .*not audio"):
        make_test(broken)


def test_clipping_is_told(broken):
    for item in "abcde":
        path = broken / "decoded" / "noisy-6" / f"{item}.flac"
        loud, _ = soundfile.read(path)
        soundfile.write(path, np.clip(8 * loud, -1, 32767 / 32768), RATE, subtype="PCM_16")
    remarks = make_test(broken).remarks
    assert sum("noisy-6" in r and "samples are clipped" in r for r in remarks) == 5
    assert any("dB against the reference: matched" in r for r in remarks)


def test_all_strings_exist_in_every_language():
    text = (PLAYER / "strings.js").read_text()
    strings = json.loads(text[text.index("{", text.index("strings =")) :].rstrip().rstrip(";"))
    english, german = strings["en"], strings["de"]
    assert english.keys() == german.keys()
    placeholders = re.compile(r"\{\w+\}")
    for key in english:
        found = [sorted(placeholders.findall(words[key])) for words in (english, german)]
        assert found[0] == found[1], key
    code = "".join(path.read_text() for path in PLAYER.glob("*.js"))
    used = set(re.findall(r'word\("([\w.-]*[\w-])"', code))
    assert len(used) > 30
    assert used <= english.keys()


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
        assert set(page["stimuli"]) == {"late-1", "noisy-6", "anchor35", "anchor70"}
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


def test_the_commands_say_what_they_made(run, tmp_path, capsys):
    import argparse

    parser = argparse.ArgumentParser()
    add_parsers(parser.add_subparsers(required=True))

    def command(*words):
        arguments = parser.parse_args([str(word) for word in words])
        return arguments.command(arguments)

    folder = tmp_path / "test"
    assert command("build", run, "--out", folder, "--items", 2) == 0
    output = capsys.readouterr()
    assert "2 trials and one for training, 5 signals each, 16000 Hz" in output.out
    assert "note: 2 items; BS.1534-3 asks for 5" in output.err
    assert command("build", run, "--out", tmp_path / "w", "--format", "webmushra") == 0
    assert "?config=mushra-" in capsys.readouterr().out
    assert command("build", run, "--out", folder, "--seed", 1) == 2
    assert "key of another test" in capsys.readouterr().err
    assert command("build", tmp_path / "none", "--out", folder) == 2
    assert command("serve", tmp_path / "none") == 2
    assert "has no index.html" in capsys.readouterr().err
