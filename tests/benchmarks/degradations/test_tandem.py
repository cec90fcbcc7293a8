"""A codec in a chain with another one."""

import numpy as np
import pytest
import torch

from nscbench.benchmarks.degradations import DegradationError, make
from nscbench.benchmarks.degradations.base import NotApplicable
from nscbench.benchmarks.degradations.channel import remake
from nscbench.benchmarks.run.maker_digests import maker
from nscbench.codecs import get
from nscbench.codecs.noise import Noise
from nscbench.metrics.machinery.signals import resample


@pytest.fixture
def audio(speech_like):
    return [torch.from_numpy(speech_like(0.6, 16_000, seed)) for seed in (0, 1)]


def at(signal, rate, target):
    moved = resample(signal.numpy().astype(np.float64), rate, target)
    return torch.from_numpy(moved.astype(np.float32)).clamp(-1, 1)


def once(codec, signals):
    decoded = codec.decode(codec.encode(signals), Noise.of("ab"))
    return [d[: len(s)].clamp(-1, 1) for d, s in zip(decoded, signals, strict=True)]


def through_g711(signals):
    narrow = [at(signal, 16_000, 8000) for signal in signals]
    return [at(signal, 8000, 16_000) for signal in once(get("g711"), narrow)]


def test_the_other_codec_is_before_at_its_own_rate(audio):
    chain = make("tandem", {"before": "g711"}).wrap(get("lc3-32"))
    assert chain.encode(audio) == get("lc3-32").encode(through_g711(audio))
    payloads = get("lc3-32").encode(audio)
    plain = get("lc3-32").decode(payloads, Noise.of("ab"))
    assert all(map(torch.equal, chain.decode(payloads, Noise.of("ab")), plain))


def test_the_other_codec_is_behind(audio):
    chain = make("tandem", {"after": "g711"}).wrap(get("lc3-32"))
    payloads = get("lc3-32").encode(audio)
    assert chain.encode(audio) == payloads
    plain = get("lc3-32").decode(payloads, Noise.of("ab"))
    made = chain.decode(payloads, Noise.of("ab"))
    assert all(map(torch.equal, made, through_g711(plain)))
    assert [len(signal) for signal in made] == [len(signal) for signal in plain]


def test_the_other_codec_is_in_the_middle(audio):
    chain = make("tandem", {"between": "g711"}).wrap(get("lc3-32"))
    middle = through_g711(once(get("lc3-32"), audio))
    assert chain.encode(audio) == get("lc3-32").encode(middle)
    assert chain.encode(audio) == [chain.encode([signal])[0] for signal in audio]


def test_a_chain_goes_by_the_codecs_name_and_is_made_again():
    plain = get("lc3-32")
    codec = make("tandem", {"before": "g711"}).wrap(plain)
    assert codec.condition == "lc3-32"
    assert remake(codec.name, codec.arguments()) == codec
    assert "; before: g711-64 pcm_mulaw" in codec.backend
    others = [make("tandem", {place: "g711"}).wrap(plain) for place in ("after", "between")]
    assert len({maker(one, "cpu") for one in (plain, codec, *others)}) == 4


def test_a_tandem_with_itself_is_told_apart():
    tandem = make("tandem", {"after": "lc3-32"})
    assert tandem.label == "tandem-after-lc3-32"
    with pytest.raises(NotApplicable, match="a tandem of lc3-32 with itself is times = 2"):
        tandem.wrap(get("lc3-32"))
    assert tandem.wrap(get("lc3-16")).condition == "lc3-16"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "has one of times, before, after, between"),
        ({"times": 2, "after": "g711"}, "has one of times"),
        ({"before": 3}, "before must be the name of a condition, not 3"),
        ({"before": "mp3-64"}, "before: no codec is called 'mp3-64'"),
        ({"between": "pcm"}, "between: pcm is a control; a tandem is of codecs"),
    ],
)
def test_what_is_no_tandem_is_said(settings, message):
    with pytest.raises(DegradationError, match=message):
        make("tandem", settings)
