"""Samplers: from noise to data along a process, backwards in time.

A sampler is called with the predictions of a network, `sampler(predict, process, nfe, draw)`, and
gives estimates of the data to its steps, `walk(denoise, process, nfe, draw)`; both return y_0.

    predict(y, t)  what the network says of y at time t, in the terms of the process
    denoise(y, t)  the estimate of y_0 that this amounts to
    process        whose path is walked
    nfe            number of evaluations of the network
    draw()         the next standard normal tensor of the signal's shape: the first is the starting
                   point, stochastic samplers take more; all randomness comes from here

All coefficients are Python numbers, so that no step waits for a device.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from .paths import Chain, Level, Process

Evaluate = Callable[[Tensor, float], Tensor]  # of a signal at one time: `predict`, `denoise`
DrawNext = Callable[[], Tensor]
Walk = Callable[[Evaluate, Process, int, DrawNext], Tensor]

FAST_BETAS = (1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5)  # DiffWave's six steps
# temperatures: that at which the cells sample, chosen on validation data, and that of training
COOLED, AS_TRAINED = 0.2, 1.0
EVALUATIONS = 4  # of the cells: no metric is significantly worse than with 10


@dataclass(frozen=True)
class Sampler:
    """A walk from noise to data, and where it can be taken.

    Attributes:
        name: by which operating points choose it.
        walk: the steps, given estimates of the data.
        processes: those whose path it walks.
        only: the one number of evaluations that it makes; None for any.
        even: does it make two evaluations a step?
        from_guess: is its first draw a guess at the data instead of noise?
    """

    name: str
    walk: Walk
    processes: type[Process] = Process  # type: ignore[type-abstract]
    only: int | None = None
    even: bool = False
    from_guess: bool = False

    def __call__(self, predict: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
        """The data y_0, of the shape of the draws.

        Raises:
            ValueError: the sampler cannot make so many evaluations, or not along this process.
        """
        if refusal := self.refusal(nfe):
            raise ValueError(f"the sampler {self.name} {refusal}")
        if not isinstance(process, self.processes):
            raise ValueError(
                f"the sampler {self.name} is for {self.processes.called}, "
                f"not for a {type(process).__name__} process"
            )

        def denoise(y: Tensor, time: float) -> Tensor:
            return process.clean(predict(y, time), y, time)

        return self.walk(denoise, process, nfe, draw)

    def refusal(self, nfe: int) -> str:
        """Why the sampler cannot make so many evaluations, after its name; "" if it can."""
        if nfe < 1:
            return f"takes at least one evaluation, not {nfe}"
        if self.only is not None and nfe != self.only:
            return f"takes nfe={self.only}, not {nfe}"
        if self.even and nfe % 2:
            return f"takes an even nfe, not {nfe}"
        return ""


def sampler(
    processes: type[Process] = Process,
    only: int | None = None,
    even: bool = False,
    from_guess: bool = False,
) -> Callable[[Walk], Sampler]:
    """Make a walk a sampler of its name, and declare where it can be taken."""
    return lambda walk: Sampler(walk.__name__, walk, processes, only, even, from_guess)


def by_name(samplers: Iterable[Sampler]) -> dict[str, Sampler]:
    """A table of samplers, in this order."""
    return {sampler.name: sampler for sampler in samplers}


@sampler()
def ancestral(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
    """Draw each step from the posterior q(y_s | y_t, y_0) at the estimated y_0.

    Ho et al., NeurIPS 2020, equations 6 and 7, for any two times of any Gaussian path. For the
    mean-reverting SDE it is the maximum-likelihood solver of Grad-TTS's authors: with their kappa,
    omega and sigma written out, the score leaves this very posterior (V. Popov et al.,
    "Diffusion-Based Voice Conversion with Fast Maximum Likelihood Sampling Scheme", ICLR 2022).
    """
    return ancestral_steps(denoise, process, _uniform(nfe), draw)


@sampler(processes=Chain, only=len(FAST_BETAS))
def fast(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
    """DiffWave's fast sampling: ancestral steps at the six noise levels of `FAST_BETAS`.

    Z. Kong et al., "DiffWave: A Versatile Diffusion Model for Audio Synthesis", ICLR 2021,
    appendix B: every level is aligned to the training chain by its alpha-bar.
    """
    assert isinstance(process, Chain)
    times, remaining = [0.0], 1.0
    for beta in FAST_BETAS:
        remaining *= 1 - beta
        times.append(process.time_of(math.sqrt(remaining)))
    return ancestral_steps(denoise, process, times[::-1], draw)


@sampler()
def euler(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
    """Euler's method on the probability-flow ODE, first order."""
    y = draw()
    for time, after in pairwise(_uniform(nfe)):
        level = process.level(time)
        y = y + (after - time) * _slope(level, y, denoise(y, time))
    return y


@sampler(even=True)
def midpoint(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
    """The midpoint method on the probability-flow ODE, second order, two evaluations a step."""
    y = draw()
    for time, after in pairwise(_uniform(nfe // 2)):
        start, half = process.level(time), process.level((time + after) / 2)
        middle = y + (half.time - time) * _slope(start, y, denoise(y, time))
        y = y + (after - time) * _slope(half, middle, denoise(middle, half.time))
    return y


@sampler()
def dpmpp(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
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


SAMPLERS = by_name((ancestral, fast, euler, midpoint, dpmpp))


def _uniform(steps: int) -> list[float]:
    """Times from 1 to 0."""
    return [1 - step / steps for step in range(steps)] + [0.0]


def preceded(first: Tensor, draw: DrawNext) -> DrawNext:
    """Draws whose first is the given tensor."""
    pending = [first]
    return lambda: pending.pop() if pending else draw()


def ancestral_steps(
    denoise: Evaluate,
    process: Process,
    times: Sequence[float],
    draw: DrawNext,
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
