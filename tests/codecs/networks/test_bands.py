"""Bands: what sums, what is undone, and energies that are known in closed form."""

import math

import pytest
import torch

from nscbench.codecs.networks.bands import (
    band_deviations,
    band_responses,
    match_bands,
    noise_deviations,
    weigh,
)

RATE = 16_000
CPU = torch.device("cpu")


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def tone(frequency: float, samples: int = RATE) -> torch.Tensor:
    seconds = torch.arange(samples, dtype=torch.float64) / RATE
    return torch.sin(2 * math.pi * frequency * seconds).float()


@pytest.mark.parametrize(("bands", "samples"), [(4, 640), (8, 20_480), (32, 3_520)])
def test_bands_sum_to_the_signal(bands: int, samples: int) -> None:
    responses = band_responses(bands, samples, RATE, CPU)
    assert responses.shape == (bands, samples // 2 + 1)
    assert responses.min() >= 0
    torch.testing.assert_close(responses.sum(dim=0), torch.ones(samples // 2 + 1))
    signal = noise(2, 1, samples)
    split = weigh(signal, responses)
    assert split.shape == (2, bands, samples)
    torch.testing.assert_close(split.sum(dim=1, keepdim=True), signal, atol=1e-5, rtol=0)


def test_edges_are_equally_spaced_in_mel() -> None:
    """The three inner edges of four bands up to 8 kHz, at 2595 log10(1 + f / 700) = 710, ..."""
    responses = band_responses(4, RATE, RATE, CPU)  # one bin per Hz
    for band, edge in enumerate((614, 1767, 3933)):
        assert float(responses[band, edge]) == pytest.approx(0.5, abs=0.005)
        assert float(responses[band + 1, edge]) == pytest.approx(0.5, abs=0.005)
    for band, middle in enumerate((300, 1100, 2700, 6000)):
        assert float(responses[band, middle]) == 1


def test_a_tone_is_in_its_band_alone() -> None:
    """Root mean square of a sine of amplitude 1: the square root of one half."""
    deviations = band_deviations(tone(1_100)[None], 4, RATE)
    expected = torch.tensor([[0, math.sqrt(0.5), 0, 0]])
    torch.testing.assert_close(deviations, expected, atol=1e-4, rtol=0)


def test_deviation_of_white_noise_is_known_without_measuring_it() -> None:
    measured = band_deviations(noise(64, RATE), 8, RATE).square().mean(dim=0).sqrt()
    known = noise_deviations(band_responses(8, 1 << 14, RATE, CPU))
    torch.testing.assert_close(measured, known, atol=0, rtol=0.02)


def test_weights_are_undone_by_their_reciprocals() -> None:
    gains = torch.tensor([0.1, 1.0, 3.0, 7.0])
    equalizer = gains @ band_responses(4, 3_200, RATE, CPU)
    signal = noise(3, 3_200)
    assert not torch.allclose(weigh(signal, equalizer), signal, atol=0.1)
    restored = weigh(weigh(signal, equalizer), 1 / equalizer)
    torch.testing.assert_close(restored, signal, atol=1e-4, rtol=0)


def test_matched_bands_have_the_energies_of_the_reference() -> None:
    tones = torch.stack([tone(frequency) for frequency in (300, 1_100, 2_700, 6_000)])
    wanted = torch.tensor([[0.5, 0.02, 0.1, 0.3]])
    matched = match_bands(torch.tensor([[0.1, 0.2, 0.3, 0.4]]) @ tones, wanted @ tones, 4, RATE)
    torch.testing.assert_close(matched, wanted @ tones, atol=1e-4, rtol=0)


def test_silence_is_matched_to_nothing() -> None:
    silence = torch.zeros(1, 640)
    assert torch.equal(match_bands(silence, noise(1, 640), 32, RATE), silence)
    assert float(match_bands(noise(1, 640), silence, 32, RATE).abs().max()) == 0
