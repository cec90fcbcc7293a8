"""The stages in this process: what they write, what they return, where their files may lie."""

import dataclasses
import pickle
from hashlib import sha256

import numpy as np
import pytest
import soundfile

from nscbench import metrics
from nscbench.benchmarks.run.coding import read_for
from nscbench.benchmarks.run.maker_digests import maker
from nscbench.benchmarks.run.stages import Decode, Encode, Score, coding_limit, scoring_limit
from nscbench.benchmarks.workers.failures import Misfit
from nscbench.codecs import get
from nscbench.codecs.bitstream import unpack

RATE = 16_000


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 4000), RATE, subtype="PCM_16")
    return path


@pytest.fixture
def encode(recording, tmp_path):
    return Encode(get("pcm"), "cpu", ["a"], [recording], [tmp_path / "a.nsc"])


def test_encoding_says_what_it_wrote(encode, tmp_path):
    (file,) = encode.do()
    stream = (tmp_path / "a.nsc").read_bytes()
    header, payload = unpack(stream)
    assert (file.seconds, header.samples) == (0.25, 4000)
    assert (file.payload_bits, len(payload)) == (64_000, 8000)
    assert file.payload_bits + file.container_bits == 8 * len(stream)
    assert file.sha256 == sha256(stream).hexdigest()
    assert file.entropy_bits is None


def test_decoding_sees_bitstreams_alone(encode, recording, tmp_path):
    original, _ = soundfile.read(recording, dtype="int16")
    encode.do()
    recording.unlink()
    target = tmp_path / "decoded.flac"
    (file,) = Decode(get("pcm"), "cpu", ["a"], 0, [tmp_path / "a.nsc"], [target]).do()
    samples, rate = soundfile.read(target, dtype="int16")
    assert rate == RATE
    np.testing.assert_array_equal(samples, original)
    assert file.sha256 == sha256(samples.tobytes()).hexdigest()
    assert file.file_sha256 == sha256(target.read_bytes()).hexdigest()


def test_a_pair_is_scored_and_what_a_metric_cannot_do_is_an_outcome(recording, tmp_path):
    silence = tmp_path / "silence.flac"
    soundfile.write(silence, np.zeros(4000), RATE)
    scored = Score(recording, recording, ["level", "wer"]).do()
    level, told = scored.outcomes
    assert level.values == {"level_db": pytest.approx(0, abs=1e-9)}
    assert not level.failed
    assert not told.values
    assert scored.reference == scored.degraded != Score(recording, silence, []).do().degraded


def test_a_short_decoded_item_is_padded(recording, tmp_path):
    short = tmp_path / "short.flac"
    signal, _ = soundfile.read(recording)
    soundfile.write(short, signal[:2000], RATE)
    (outcome,) = Score(recording, short, ["level"]).do().outcomes
    assert outcome.values["level_db"] < -2


def test_what_resampling_cuts_is_told(tmp_path):
    """A square wave at full scale overshoots where its upper harmonics are cut off."""
    square = np.sign(np.sin(2 * np.pi * 100 * (np.arange(48_000) + 0.5) / 48_000))
    path, cut = tmp_path / "square.wav", "dBFS after resampling to 16000 Hz cut to full scale"
    soundfile.write(path, square, 48_000)
    audio, notices, gain = read_for(get("pcm"), path)
    assert (float(audio.abs().max()), gain) == (1, 1)
    assert notices[0] == "resampled from 48000 to 16000 Hz"
    assert notices[1].startswith("peak of +")
    assert notices[1].endswith(cut)
    scored = Score(path, path, ["level"]).do()
    assert [notice.endswith(cut) for notice in scored.notices] == [True, True]
    assert scored.notices[1] == f"decoded audio: {scored.notices[0]}"


def test_resampling_for_a_metric_makes_no_failure_of_a_loud_item(tmp_path, monkeypatch):
    square = np.sign(np.sin(2 * np.pi * 100 * (np.arange(RATE) + 0.5) / RATE))
    path = tmp_path / "square.wav"
    soundfile.write(path, square, RATE)
    level = dataclasses.replace(metrics.get("level"), sample_rate=22_050)
    monkeypatch.setattr(metrics, "get", lambda name: level)
    scored = Score(path, path, ["level"]).do()
    assert scored.outcomes[0].values == {"level_db": pytest.approx(0, abs=1e-9)}
    assert "after resampling to 22050 Hz cut" in scored.notices[0]


def test_another_plan_is_refused(encode, recording):
    made = maker(encode.codec, "cpu")
    assert dataclasses.replace(encode, maker=made).do()
    with pytest.raises(Misfit, match="weights, code or libraries"):
        dataclasses.replace(encode, maker="0" * 32).do()
    with pytest.raises(Misfit, match="level: the run began with 0, here is"):
        Score(recording, recording, ["level"], versions={"level": "0"}).do()


def test_a_request_travels_and_takes_its_files_elsewhere(encode, recording, tmp_path):
    decode = Decode(get("pcm"), "cpu", ["a"], 1, encode.streams, [tmp_path / "decoded.flac"])
    score = Score(recording, tmp_path / "decoded.flac", ["level"], "text")
    for request in (encode, decode, score):
        files = (*request.reads, *request.writes)
        there = {path: tmp_path / "there" / path.name for path in files}
        moved = pickle.loads(pickle.dumps(request)).moved(there)
        assert (*moved.reads, *moved.writes) == tuple(there[path] for path in files)
        assert moved.moved({new: old for old, new in there.items()}) == request


def test_limits_grow_with_the_audio():
    assert coding_limit(10) - coding_limit(0) == 600
    assert scoring_limit(10) - scoring_limit(0) == 200


@pytest.mark.parametrize(
    ("language", "undefined"), [("de-CH", True), ("EN-gb", False), ("", False)]
)
def test_a_metric_refuses_a_language_that_it_does_not_know(
    tmp_path, monkeypatch, language, undefined
):
    heard = dataclasses.replace(metrics.get("level"), languages=("en",))
    monkeypatch.setattr(metrics, "get", lambda name: heard)
    path = tmp_path / "a.flac"
    soundfile.write(path, 0.1 * np.random.default_rng(0).normal(size=RATE), RATE)
    (outcome,) = Score(path, path, ["level"], language=language).do().outcomes
    assert outcome.undefined == undefined
    assert not outcome.failed
    if undefined:
        assert outcome.error == "level knows en; what is said here is de-CH"


def test_word_error_rates_are_of_english():
    assert metrics.get("wer").languages == ("en",)
