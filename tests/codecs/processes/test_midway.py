"""Samplers that start half way, from a guess."""

import math

import pytest
import torch

from nscbench.codecs.processes.midway import MIDWAY, halfway, infilling
from nscbench.codecs.processes.paths import PROCESSES


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_a_perfect_denoiser_gives_its_answer_from_half_way() -> None:
    process, answer, guess = PROCESSES["cosine"](), noise(1, 3, 20), noise(1, 3, 20, seed=1)
    draws = iter([guess, *noise(20, 1, 3, 20, seed=2)])
    times: list[float] = []

    def denoise(y: torch.Tensor, time: float) -> torch.Tensor:
        times.append(time)
        return answer

    made = halfway.walk(denoise, process, 5, lambda: next(draws))
    torch.testing.assert_close(made, answer)
    assert times == pytest.approx([MIDWAY * share for share in (1, 0.8, 0.6, 0.4, 0.2)])


def test_midway_starts_from_the_guess_itself() -> None:
    process, guess = PROCESSES["cosine"](), noise(1, 3, 20)
    seen = []

    def denoise(y: torch.Tensor, time: float) -> torch.Tensor:
        seen.append(y)
        return y

    for sampler in (halfway, infilling):
        draws = iter([guess, *noise(20, 1, 3, 20, seed=2)])
        sampler.walk(denoise, process, 2, lambda draws=draws: next(draws))
    assert torch.equal(seen[0], guess)
    assert torch.equal(seen[2], guess)


def test_infilling_keeps_its_share_of_the_guess() -> None:
    """What is left at the end, for a denoiser that knows nothing of the guess."""
    process, guess, answer = PROCESSES["cosine"](), noise(1, 3, 20), torch.zeros(1, 3, 20)

    def made(share: float) -> torch.Tensor:
        draws = iter([guess, *noise(20, 1, 3, 20, seed=2)])
        return infilling.walk(lambda y, t: answer, process, 4, lambda: next(draws), share)

    torch.testing.assert_close(made(1.0), guess)
    torch.testing.assert_close(made(0.1), 0.1 * guess)
    torch.testing.assert_close(made(0.0), answer)


def test_infilled_level_is_that_of_the_process() -> None:
    """With share 1 every step sees the guess diffused to its own level, with one noise."""
    process, guess, drawn = PROCESSES["cosine"](), noise(1, 3, 20), noise(1, 3, 20, seed=3)
    draws = iter([guess, drawn, *noise(20, 1, 3, 20, seed=2)])
    seen: dict[float, torch.Tensor] = {}

    def denoise(y: torch.Tensor, time: float) -> torch.Tensor:
        seen[time] = y
        return torch.zeros_like(y)

    infilling.walk(denoise, process, 4, lambda: next(draws), share=1.0)
    for time, y in list(seen.items())[1:]:
        alpha = math.sqrt(float(process.alphas[round(time * 1000)] ** 2))
        expected = alpha * guess + math.sqrt(1 - alpha**2) * drawn
        torch.testing.assert_close(y, expected)
