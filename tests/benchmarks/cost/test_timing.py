"""Which calls are timed."""

from nscbench.benchmarks.cost import timing
from nscbench.codecs.controls.pcm import Pcm
from support.signals import white_noise


def test_every_call_is_timed_and_the_first_is_not(monkeypatch):
    calls = []
    monkeypatch.setattr(Pcm, "encode", lambda self, audio: calls.append(len(audio)) or [b""] * 2)
    encode, decode = timing.time_codec(Pcm(), "cpu", [white_noise(1.0)] * 2, 1, 4)
    assert calls == [2] * 5
    assert len(encode) == len(decode) == 4
    assert all(factor > 0 for factor in (*encode, *decode))
