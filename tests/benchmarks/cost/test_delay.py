"""Algorithmic delay, of codecs whose delay is known."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch
from torch.nn import functional as F

from nscbench.benchmarks.cost import delay
from nscbench.codecs import get
from nscbench.codecs.coding.pcm16 import from_pcm16
from nscbench.codecs.controls.pcm import Pcm
from support.signals import white_noise

FRAME, AHEAD = 320, 80


@dataclass(frozen=True)
class Ahead(Pcm):
    """Frames of 20 ms that hear 5 ms of the next: to each, a tenth of the sum is added."""

    name: ClassVar[str] = "ahead"

    def decode(self, payloads, noise):
        signals = []
        for payload in payloads:
            x = from_pcm16(payload)
            padded = F.pad(x, (0, -len(x) % FRAME + AHEAD))
            heard = padded.unfold(0, FRAME + AHEAD, FRAME).sum(dim=1)
            signals.append(0.5 * x + 0.1 * heard.repeat_interleave(FRAME)[: len(x)])
        return signals


@dataclass(frozen=True)
class Normalizing(Pcm):
    """Divides by the level of the whole signal."""

    name: ClassVar[str] = "normalizing"

    def decode(self, payloads, noise):
        return [0.1 * x / x.std() for x in super().decode(payloads, noise)]


@dataclass(frozen=True)
class Deaf(Pcm):
    name: ClassVar[str] = "deaf"

    def decode(self, payloads, noise):
        return [torch.zeros(len(payload) // 2) for payload in payloads]


@pytest.mark.parametrize("way", ["impulse", "cut"])
def test_the_delay_is_frame_and_look_ahead(way):
    assert delay.measure_delay(Ahead(), "cpu", way, white_noise()) == (FRAME + AHEAD) / 16_000
    assert delay.measure_delay(Pcm(), "cpu", way, white_noise()) == 1 / 16_000


@pytest.mark.parametrize("way", ["impulse", "cut"])
def test_a_delay_that_does_not_exist_has_no_number(way):
    with pytest.raises(delay.NoDelay, match="needs the whole signal"):
        delay.measure_delay(Normalizing(), "cpu", way, white_noise())
    with pytest.raises(delay.NoDelay, match="no change of the input reaches the output"):
        delay.measure_delay(Deaf(), "cpu", way, white_noise())


def test_lc3_has_the_delay_of_its_specification(speech_like):
    """12.5 ms with frames of 10 ms: Bluetooth SIG, Low Complexity Communication Codec 1.0."""
    lc3 = get("lc3-32")
    speech = torch.from_numpy(speech_like(3.0, 16_000))
    found = [delay.measure_delay(lc3, "cpu", way, speech) for way in ("impulse", "cut")]
    assert max(found) == pytest.approx(0.0125, abs=0.0002)
