"""Samplers: from noise to data along a process, backwards in time.

Every sampler is a function `sampler(denoise, process, nfe, draw) -> y_0`:

    denoise(y, t)  the estimate of y_0 given y at time t
    process        whose path is walked
    nfe            number of calls of `denoise`
    draw()         the next standard normal tensor of the signal's shape: the first is the starting
                   point, stochastic samplers take more; all randomness comes from here

All coefficients are Python numbers, so that no step waits for a device.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import Tensor

from .paths import Chain, Level, Process

Denoiser = Callable[[Tensor, float], Tensor]
Draw = Callable[[], Tensor]
Sampler = Callable[[Denoiser, Process, int, Draw], Tensor]

FAST_BETAS = (1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5)  # DiffWave's six steps


def ancestral(denoise: Denoiser, process: Process, nfe: int, draw: Draw) -> Tensor:
    """Draw each step from the posterior q(y_s | y_t, y_0) at the estimated y_0.

    Ho et al., NeurIPS 2020, equations 6 and 7, for any two times of any Gaussian path. For the
    mean-reverting SDE it is the maximum-likelihood solver of Grad-TTS's authors: with their kappa,
    omega and sigma written out, the score leaves this very posterior (V. Popov et al.,
    "Diffusion-Based Voice Conversion with Fast Maximum Likelihood Sampling Scheme", ICLR 2022).
    """
    return ancestral_steps(denoise, process, _uniform(nfe), draw)


def fast(denoise: Denoiser, process: Process, nfe: int, draw: Draw) -> Tensor:
    """DiffWave's fast sampling: ancestral steps at the six noise levels of `FAST_BETAS`.

    Z. Kong et al., "DiffWave: A Versatile Diffusion Model for Audio Synthesis", ICLR 2021,
    appendix B: every level is aligned to the training chain by its alpha-bar.

    Raises:
        ValueError: the process is no chain, or `nfe` is not 6.
    """
    if not isinstance(process, Chain) or nfe != len(FAST_BETAS):
        raise ValueError(
            f"the fast schedule has {len(FAST_BETAS)} steps of a discrete chain; "
            f"asked are {nfe} of a {type(process).__name__} process"
        )
    times, remaining = [0.0], 1.0
    for beta in FAST_BETAS:
        remaining *= 1 - beta
        times.append(process.time_of(math.sqrt(remaining)))
    return ancestral_steps(denoise, process, times[::-1], draw)


def euler(denoise: Denoiser, process: Process, nfe: int, draw: Draw) -> Tensor:
    """Euler's method on the probability-flow ODE, first order."""
    y = draw()
    for time, after in pairwise(_uniform(nfe)):
        level = process.level(time)
        y = y + (after - time) * _slope(level, y, denoise(y, time))
    return y


def midpoint(denoise: Denoiser, process: Process, nfe: int, draw: Draw) -> Tensor:
    """The midpoint method on the probability-flow ODE, second order, two evaluations a step.

    Raises:
        ValueError: `nfe` is odd.
    """
    if nfe % 2:
        raise ValueError(f"the midpoint method takes an even number of evaluations, not {nfe}")
    y = draw()
    for time, after in pairwise(_uniform(nfe // 2)):
        start, half = process.level(time), process.level((time + after) / 2)
        middle = y + (half.time - time) * _slope(start, y, denoise(y, time))
        y = y + (after - time) * _slope(half, middle, denoise(middle, half.time))
    return y


def dpmpp(denoise: Denoiser, process: Process, nfe: int, draw: Draw) -> Tensor:
    """DPM-Solver++(2M): exponential integrator in log(alpha / sigma), second order, multistep.

    C. Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
    2022, algorithm 2. Times are squares of a uniform grid: the last step, of first order because
    the logarithm ends at infinity, then is short enough not to spoil the order of the others.
    """
    levels = [process.level(root**2) for root in _uniform(nfe)]
    y, before = draw(), None
    for now, after in pairwise(levels):
        estimate = denoise(y, now.time)
        guess = estimate
        if before is not None and after is not levels[-1]:
            growth = (_log_snr(after) - _log_snr(now)) / (_log_snr(now) - _log_snr(before[0]))
            guess = estimate + growth / 2 * (estimate - before[1])
        shrink = after.sigma / now.sigma
        y = shrink * y + (after.alpha - shrink * now.alpha) * guess
        before = now, estimate
    return y


SAMPLERS: dict[str, Sampler] = {
    "ancestral": ancestral,
    "fast": fast,
    "euler": euler,
    "midpoint": midpoint,
    "dpmpp": dpmpp,
}


def _uniform(steps: int) -> list[float]:
    """Times from 1 to 0.

    Raises:
        ValueError: no step.
    """
    if steps < 1:
        raise ValueError(f"{steps} steps; a sampler takes at least one")
    return [1 - step / steps for step in range(steps)] + [0.0]


def ancestral_steps(
    denoise: Denoiser,
    process: Process,
    times: Sequence[float],
    draw: Draw,
    correct: Callable[[Tensor, float], Tensor] = lambda y, time: y,
) -> Tensor:
    """Ancestral steps over falling times, which end at 0; `correct(y, time)` follows each step."""
    y = draw()
    levels = [process.level(time) for time in times]
    for now, after in pairwise(levels):
        ratio = now.alpha / after.alpha
        added = now.sigma**2 - (ratio * after.sigma) ** 2  # noise that the forward step adds
        mean = ratio * (after.sigma / now.sigma) ** 2 * y
        mean = mean + after.alpha * added / now.sigma**2 * denoise(y, now.time)
        last = after is levels[-1]
        y = mean if last else mean + math.sqrt(added) * after.sigma / now.sigma * draw()
        y = correct(y, after.time)
    return y


def _slope(level: Level, y: Tensor, clean: Tensor) -> Tensor:
    """dy/dt of the probability-flow ODE."""
    noise = (y - level.alpha * clean) / level.sigma
    return level.alpha_rate * clean + level.sigma_rate * noise


def _log_snr(level: Level) -> float:
    """log(alpha / sigma), minus infinity for pure noise."""
    return math.log(level.alpha / level.sigma) if level.alpha else -math.inf
