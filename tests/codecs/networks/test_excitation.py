import math

import numpy as np
import pytest
import torch
from torch import Tensor

from nscbench.codecs.networks.excitation import HIGHEST, excite, pulse_train

RATE, HOP = 16_000, 160


def steady_pulses(f0: float, start: float = 0.0) -> Tensor:
    """One second [T]."""
    log_f0 = torch.full((1, RATE // HOP), math.log2(f0))
    return pulse_train(log_f0, RATE, HOP, torch.tensor([start], dtype=torch.float64))[0]


def test_pulses_have_all_their_harmonics_and_nothing_else():
    f0 = 125.0
    spectrum = np.abs(np.fft.rfft(steady_pulses(f0).double().numpy())) * 2 / RATE
    amplitude = math.sqrt(4 * f0 / RATE)
    highest = HIGHEST * RATE / 2 / f0
    expected = np.zeros(len(spectrum))
    for k in range(1, int(highest) + 1):
        expected[int(k * f0)] = amplitude
    expected[int((int(highest) + 1) * f0)] = (highest - int(highest)) * amplitude
    assert np.abs(spectrum - expected).max() < 1e-3 * amplitude * highest


def test_gliding_pulses_have_no_aliases():
    log_f0 = torch.linspace(math.log2(200), math.log2(400), RATE // HOP)[None]
    pulses = pulse_train(log_f0, RATE, HOP, torch.zeros(1, dtype=torch.float64))[0]
    window = np.hanning(RATE)
    power = np.abs(np.fft.rfft(pulses.double().numpy() * window)) ** 2
    below = power[:50].sum()  # an alias would fold back everywhere, below the fundamental too
    assert below < 1e-6 * power.sum()


@pytest.mark.parametrize("f0", [64.0, 125.0, 400.0])
def test_power_density_is_that_of_white_noise(f0: float):
    density = steady_pulses(f0).square().mean() / HIGHEST
    # the fading harmonic has the square of its share of the power
    assert density == pytest.approx(1.0, abs=f0 / RATE * 2)


@pytest.mark.parametrize("f0", [61.7, 201.3, 388.8])
def test_a_steady_vowel_keeps_its_pitch_within_a_cent(f0: float):
    pulses = steady_pulses(f0, 0.3).double().numpy()
    times = np.arange(RATE) / RATE
    cents = np.arange(-5, 5.01, 0.25)
    strengths = [
        abs(
            np.dot(
                pulses * np.hanning(RATE), np.exp(-2j * np.pi * 5 * f0 * 2 ** (c / 1200) * times)
            )
        )
        for c in cents
    ]
    assert abs(cents[int(np.argmax(strengths))]) <= 1


def test_draws_decide_phase_and_noise():
    log_f0 = torch.full((2, 50), math.log2(120))

    def make(seed: int) -> tuple[Tensor, Tensor]:
        generator = torch.Generator().manual_seed(seed)
        return excite(log_f0, RATE, HOP, lambda shape: torch.randn(shape, generator=generator))

    (pulses, noise), again, other = make(1), make(1), make(2)
    assert torch.equal(pulses, again[0])
    assert torch.equal(noise, again[1])
    assert not torch.equal(pulses, other[0])
    assert not torch.equal(pulses[0], pulses[1])
    assert noise.std() == pytest.approx(1, abs=0.02)


def test_starting_points_are_uniform_over_the_period():
    log_f0 = torch.full((4000, 1), math.log2(100))
    generator = torch.Generator().manual_seed(0)
    starts: list[Tensor] = []

    def draw(shape: tuple[int, ...]) -> Tensor:
        drawn = torch.randn(shape, generator=generator)
        if len(shape) == 1:
            starts.append(drawn % 1)
        return drawn

    excite(log_f0, RATE, HOP, draw)
    counts = torch.histc(starts[0], 10, 0, 1)
    assert counts.min() > 330
    assert counts.max() < 470
