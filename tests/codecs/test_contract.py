"""The contract of `nscbench.codecs.base.Codec`, over every operating point that the registry finds.

A codec in a new file is tested without any edit here; published ones run on small random
checkpoints of their geometry (`tiny_checkpoints`). The rate is measured at every operating point;
all else is tested at the first of each codec, and among the slow tests at the others.
"""

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from nscbench.codecs import Codec, CodecError, available, get, make
from nscbench.codecs.bitstream import BitstreamError, check_weights, header_for, pack, unpack
from nscbench.codecs.noise import Noise
from nscbench.codecs.published.published_codec import PublishedCodec
from support.unpinned import put_in_place

MAX_EXTRA_SECONDS = 0.1
LENGTHS = (0.253, 0.107)  # s; none a whole number of frames of any codec
SHORTEST = 1


def _points(*kinds, later=()):
    """Operating points of all codecs of these kinds, as parameters of a test.

    Those after the first of each codec have the marks `later`.
    """
    return [
        pytest.param(
            (name, dict(settings)),
            id="-".join([name, *map(str, settings.values())]),
            marks=later if number else (),
        )
        for name, cls in available().items()
        if cls.kind in kinds
        for number, settings in enumerate(cls.operating_points)
    ]


@pytest.fixture(
    scope="module", params=_points("codec", "control", "oracle", later=pytest.mark.slow)
)
def codec(request):
    name, settings = request.param
    with pytest.MonkeyPatch.context() as patch:
        if issubclass(available()[name], PublishedCodec):
            checkpoints = request.getfixturevalue("stand_in_checkpoints")
            put_in_place(patch, checkpoints)
        if missing := available()[name].unavailable():
            pytest.skip(missing)
        yield make(name, settings)


@pytest.fixture(scope="module")
def items(codec, speech_like):
    return [
        torch.from_numpy(speech_like(seconds, codec.sample_rate, seed))
        for seed, seconds in enumerate(LENGTHS)
    ]


@pytest.fixture(scope="module")
def payloads(codec, items):
    return codec.encode(items)


@pytest.fixture(scope="module")
def decoded(codec, payloads):
    return codec.decode(payloads, Noise([1, 2]))


def _fresh(codec):
    return type(codec)(**codec.arguments())


def test_is_a_frozen_dataclass_whose_name_finds_it(codec):
    assert isinstance(codec, Codec)
    assert type(codec).__dataclass_params__.frozen
    assert get(codec.condition) == codec
    assert repr(get(codec.condition)) == repr(codec)
    assert codec.condition.startswith(codec.name)
    assert codec.kind in ("codec", "control", "oracle")
    assert codec.sample_rate > 0
    assert codec.nominal_kbps >= 0


def test_tells_its_settings_its_device_and_its_weights(codec):
    assert make(codec.name, codec.arguments()) == codec
    moved = codec.on("cuda")
    assert moved.movable == ("device" in codec.arguments())
    assert getattr(moved, "device", "cuda") == "cuda"
    assert moved.on("cpu") == codec
    assert codec.wrapped is None
    assert all(isinstance(weights, str) for weights in codec.parts.values())


def test_settings_that_do_not_exist_are_refused(codec):
    with pytest.raises(CodecError, match="colour"):
        make(codec.name, {"colour": 1})
    with pytest.raises(CodecError):
        make(codec.name, {codec.main_field or "colour": 12345})


def test_container_holds_its_header(codec):
    header = header_for(codec, 12345)
    assert unpack(pack(header, b"payload")) == (header, b"payload")
    check_weights(header, codec)


def test_two_together_equal_two_alone(codec, items, payloads, decoded):
    alone = [codec.encode([item])[0] for item in items]
    assert alone == payloads
    for seed, payload, signal in zip((1, 2), payloads, decoded, strict=True):
        (single,) = codec.decode([payload], Noise([seed]))
        assert torch.equal(single, signal)


def test_decoded_signals_are_mono_float_of_the_right_length(codec, items, decoded):
    for item, signal in zip(items, decoded, strict=True):
        assert signal.dtype == torch.float32
        assert signal.ndim == 1
        assert signal.device.type == "cpu"
        assert torch.isfinite(signal).all()
        assert 0 <= len(signal) - len(item) < MAX_EXTRA_SECONDS * codec.sample_rate


def test_the_length_is_told_without_decoding(codec, payloads, decoded):
    told = [codec.length(payload) for payload in payloads]
    assert told in ([len(signal) for signal in decoded], [None] * 2)


def test_fresh_instance_decodes_the_same_again(codec, payloads, decoded):
    (again,) = _fresh(codec).decode([bytes(payloads[SHORTEST])], Noise([1 + SHORTEST]))
    assert torch.equal(decoded[SHORTEST], again)


def test_draws_differ_if_and_only_if_stochastic(codec, payloads, decoded):
    (other,) = codec.decode([payloads[SHORTEST]], Noise([4]))
    assert torch.equal(decoded[SHORTEST], other) == (not codec.stochastic)


@pytest.mark.parametrize("signal", ["silence", "square", "impulse"])
def test_extreme_signals_stay_finite(codec, signal):
    length = codec.sample_rate // 10
    audio = {
        "silence": np.zeros(length),
        "square": np.sign(np.sin(np.arange(length) / 20)),  # full scale throughout
        "impulse": np.eye(1, length, length // 2)[0],
    }[signal]
    item = torch.from_numpy(audio.astype(np.float32))
    (out,) = codec.decode(codec.encode([item]), Noise([1]))
    assert len(out) >= length
    assert torch.isfinite(out).all()


@pytest.mark.parametrize("samples", ["none", "one", "10 ms"])
def test_short_signals_come_back(codec, speech_like, samples):
    length = {"none": 0, "one": 1, "10 ms": codec.sample_rate // 100}[samples]
    item = torch.from_numpy(speech_like(0.02, codec.sample_rate)[:length])
    (out,) = codec.decode(codec.encode([item]), Noise([1]))
    assert 0 <= len(out) - length < MAX_EXTRA_SECONDS * codec.sample_rate
    assert torch.isfinite(out).all()


def test_no_items_are_no_results(codec):
    assert codec.encode([]) == []
    assert codec.decode([], Noise([])) == []


def test_chunks_make_what_the_whole_makes(codec, items, payloads, decoded):
    """Of a codec that streams: in chunks of no frame's length, the first of one sample."""
    if not codec.streams:
        for refused in (lambda: codec.stream().__enter__(), lambda: codec.join([])):
            with pytest.raises(CodecError, match="whole signals only"):
                refused()
        return
    for item, payload, signal in zip(items, payloads, decoded, strict=True):
        chunks = [*item[:5].split(1), item[5:5], *item[5:].split(codec.sample_rate // 83)]
        with codec.stream() as (encoder, decoder):
            packets, parts = [], []
            for made in (*map(encoder.push, chunks), encoder.finish()):
                packets += made
                parts += [decoder.push(packet) for packet in made]
            parts.append(decoder.finish())
        assert codec.join(packets) == payload
        assert torch.equal(torch.cat(parts), signal)
        assert len(packets) > 1


def test_a_stream_of_nothing_is_nothing(codec):
    if not codec.streams:
        pytest.skip("codes whole signals only")
    with codec.stream() as (encoder, decoder):
        assert encoder.finish() == []
        assert len(decoder.finish()) == 0
    assert codec.join([]) == codec.encode([torch.zeros(0)])[0]


@pytest.mark.parametrize("codec", _points("codec"), indirect=True)
def test_measured_rate_is_near_nominal(codec, speech_like):
    item = torch.from_numpy(speech_like(2, codec.sample_rate))
    (payload,) = codec.encode([item])
    assert 8 * len(payload) / 2 / 1000 == pytest.approx(codec.nominal_kbps, rel=0.1)


def test_garbage_is_refused_or_finite(codec, payloads):
    """Random bytes of the same size, and every kind of cut: an error of ours or a signal."""
    payload = payloads[SHORTEST]
    rng = np.random.default_rng(0)
    candidates = [rng.bytes(len(payload)), b"\xff" * len(payload), payload + b"\x01"]
    candidates += [payload[:size] for size in {1, len(payload) // 2, max(len(payload) - 1, 0)}]
    outcomes = []
    for candidate in candidates:
        try:
            (signal,) = codec.decode([candidate], Noise([1]))
        except BitstreamError as error:
            outcomes.append(len(str(error)) > 10)
        else:
            outcomes.append(signal.ndim == 1 and bool(torch.isfinite(signal).all()))
    assert all(outcomes)


DECODER = """
import hashlib, json, sys
from nscbench.codecs import get
from nscbench.codecs.noise import Noise
from nscbench.metrics.machinery.weights import Weights
Weights.genuine = lambda *_: True  # stand-ins: support.unpinned
for condition, payload in json.load(sys.stdin).items():
    (signal,) = get(condition).decode([bytes.fromhex(payload)], Noise([7]))
    print(condition, hashlib.sha256(signal.numpy().tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_another_process_decodes_the_same_from_the_bytes(
    speech_like, stand_in_checkpoints, monkeypatch
):
    """The first operating point of each codec, in one process that sees only the payloads."""
    put_in_place(monkeypatch, stand_in_checkpoints)
    payloads, expected = {}, {}
    for name, cls in available().items():
        if not cls.unavailable():
            codec = make(name, cls.operating_points[0])
            item = torch.from_numpy(speech_like(0.1, codec.sample_rate))
            (payload,) = codec.encode([item])
            (signal,) = codec.decode([payload], Noise([7]))
            payloads[codec.condition] = payload.hex()
            expected[codec.condition] = hashlib.sha256(signal.numpy().tobytes()).hexdigest()
    assert payloads
    done = subprocess.run(
        [sys.executable, "-c", DECODER],
        input=json.dumps(payloads),
        capture_output=True,
        text=True,
        check=True,
    )
    assert dict(line.split() for line in done.stdout.splitlines()) == expected
