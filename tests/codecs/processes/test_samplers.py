"""Samplers on a Gaussian target, whose exact denoiser is linear.

Every sampler then is an affine map of its draws. Signals are vectors with one slot per draw, whose
k-th draw is the k-th unit vector, and a last slot without noise: the last slot ends as the mean,
the squared distances of the others from it add up to the variance. Nothing is left to chance.
"""

import math
from itertools import count

import pytest
import torch

from nscbench.codecs.processes.midway import MIDWAY_SAMPLERS
from nscbench.codecs.processes.paths import PROCESSES, Chain, FlowMatching, MeanReverting, Process
from nscbench.codecs.processes.samplers import FAST_BETAS, SAMPLERS, Sampler, ancestral, fast

MEAN, DEVIATION = 0.7, 0.5


def denoiser(process: Process, deviation: float = DEVIATION):
    """E[y_0 | y_t] of N(MEAN, deviation^2), and the number of its calls."""
    calls = count()

    def denoise(y: torch.Tensor, time: float) -> torch.Tensor:
        next(calls)
        level = process.level(time)
        power = level.alpha**2 * deviation**2 + level.sigma**2
        return MEAN + level.alpha * deviation**2 / power * (y - level.alpha * MEAN)

    return denoise, calls


def moments(
    sampler: Sampler, process: Process, nfe: int, deviation: float = DEVIATION
) -> tuple[float, float]:
    """Mean and deviation of what the sampler makes from exact draws of y_1."""
    last = process.level(1.0)
    scale = math.sqrt((last.alpha * deviation) ** 2 + last.sigma**2)
    starts = torch.zeros(nfe + 1, dtype=torch.float64)
    starts[0] = 1
    draws = [last.alpha * MEAN + scale * starts, *torch.eye(nfe + 1, dtype=torch.float64)[1:nfe]]
    remaining = iter(draws)
    denoise, calls = denoiser(process, deviation)
    made = sampler.walk(denoise, process, nfe, lambda: next(remaining))
    assert next(calls) == nfe
    return float(made[-1]), float((made[:-1] - made[-1]).norm())


@pytest.mark.parametrize("deviation", [0.3, 2.0])
@pytest.mark.parametrize("process", [MeanReverting(), FlowMatching()], ids=["sde", "flow"])
@pytest.mark.parametrize(
    ("name", "order"), [("ancestral", 1), ("euler", 1), ("midpoint", 2), ("dpmpp", 2)]
)
def test_moments_converge_at_the_sampler_s_order(
    name: str, order: int, process: Process, deviation: float
) -> None:
    errors = []
    for nfe in (64, 128, 256):
        mean, spread = moments(SAMPLERS[name], process, nfe, deviation)
        errors.append(abs(mean - MEAN) + abs(spread - deviation))
    assert errors[-1] < (0.03 if order == 1 else 0.002)
    assert math.log2(errors[1] / errors[2]) > order - 0.3
    if order == 1:
        assert math.log2(errors[1] / errors[2]) < 1.3


@pytest.mark.parametrize("name", ["linear", "power", "cosine"])
@pytest.mark.parametrize("sampler", ["ancestral", "dpmpp"])
def test_chains_are_sampled_too(name: str, sampler: str) -> None:
    mean, spread = moments(SAMPLERS[sampler], PROCESSES[name](), 200)
    assert mean == pytest.approx(MEAN, abs=0.01)
    assert spread == pytest.approx(DEVIATION, abs=0.05)


def test_one_evaluation_gives_the_mean() -> None:
    for sampler in ("ancestral", "euler", "dpmpp"):
        mean, spread = moments(SAMPLERS[sampler], FlowMatching(), 1)
        assert mean == pytest.approx(MEAN)
        assert spread < 1e-3


def test_fast_sampling_is_ddpm_with_diffwave_s_six_betas() -> None:
    """Ho et al., algorithm 2, on the short chain, the noise estimated at the aligned steps."""
    chain = PROCESSES["diffwave"]()
    denoise, _ = denoiser(chain)
    draws = torch.randn(6, 50, generator=torch.Generator().manual_seed(0)).double()
    remaining = iter(draws)
    made = fast.walk(denoise, chain, 6, lambda: next(remaining))
    bars = torch.cumprod(1 - torch.tensor(FAST_BETAS, dtype=torch.float64), 0).tolist()
    assert isinstance(chain, Chain)
    y = draws[0]
    for n in reversed(range(6)):
        clean = denoise(y, chain.time_of(math.sqrt(bars[n])))
        noise = (y - math.sqrt(bars[n]) * clean) / math.sqrt(1 - bars[n])
        beta = FAST_BETAS[n]
        y = (y - beta / math.sqrt(1 - bars[n]) * noise) / math.sqrt(1 - beta)
        if n:
            y = y + math.sqrt((1 - bars[n - 1]) / (1 - bars[n]) * beta) * draws[6 - n]
    torch.testing.assert_close(made, y)


def test_ancestral_sampling_is_the_maximum_likelihood_solver() -> None:
    """The step of Popov et al., ICLR 2022, section 4, with its coefficients as published."""
    process, nfe, h = MeanReverting(), 8, 1 / 8
    denoise, _ = denoiser(process)
    draws = torch.randn(nfe, 50, generator=torch.Generator().manual_seed(0)).double()
    remaining = iter(draws)
    made = ancestral.walk(denoise, process, nfe, lambda: next(remaining))

    def gamma(s: float, t: float) -> float:
        total = [0.05 * x + 0.5 * 19.95 * x * x for x in (s, t)]
        return math.exp(-0.5 * (total[1] - total[0]))

    y = draws[0]
    for n in range(nfe):
        t = 1 - n * h
        s, beta = t - h, 0.05 + 19.95 * t
        whole, step = 1 - gamma(0, t) ** 2, 1 - gamma(s, t) ** 2
        mu = gamma(s, t) * (1 - gamma(0, s) ** 2) / whole
        nu = gamma(0, s) * step / whole
        kappa = nu * whole / (gamma(0, t) * beta * h) - 1
        omega = (mu - 1) / (beta * h) + (1 + kappa) / whole - 0.5
        score = -(y - gamma(0, t) * denoise(y, t)) / whole
        y = y + beta * h * ((0.5 + omega) * y + (1 + kappa) * score)
        if n < nfe - 1:
            y = y + math.sqrt((1 - gamma(0, s) ** 2) * step / whole) * draws[n + 1]
    torch.testing.assert_close(made, y)


@pytest.mark.parametrize(
    ("name", "process", "nfe", "message"),
    [
        ("fast", MeanReverting(), 6, "MeanReverting"),
        ("fast", PROCESSES["diffwave"](), 10, "takes nfe=6, not 10"),
        ("midpoint", FlowMatching(), 5, "takes an even nfe, not 5"),
        ("euler", FlowMatching(), 0, "at least one evaluation, not 0"),
    ],
)
def test_impossible_numbers_of_steps_are_refused(name, process, nfe, message) -> None:
    with pytest.raises(ValueError, match=message):
        SAMPLERS[name](lambda y, t: y, process, nfe, lambda: torch.zeros(1))


def test_samplers_declare_what_they_take() -> None:
    assert SAMPLERS["fast"].processes is Chain
    refused = {
        name: [nfe for nfe in range(1, 8) if sampler.refusal(nfe)]
        for name, sampler in (SAMPLERS | MIDWAY_SAMPLERS).items()
    }
    some = {"fast": [1, 2, 3, 4, 5, 7], "midpoint": [1, 3, 5, 7]}
    assert {name: nfes for name, nfes in refused.items() if nfes} == some
    from_guess = {s.name for s in (SAMPLERS | MIDWAY_SAMPLERS).values() if s.from_guess}
    assert from_guess == MIDWAY_SAMPLERS.keys()


def test_a_sampler_takes_predictions_in_the_terms_of_the_process() -> None:
    """The velocity that belongs to the exact estimate gives what the estimate gives."""
    process = FlowMatching()
    denoise, _ = denoiser(process)

    def predict(y: torch.Tensor, time: float) -> torch.Tensor:
        level = process.level(time)
        noise = (y - level.alpha * denoise(y, time)) / level.sigma
        return (1 - process.sigma_min) * noise - denoise(y, time)

    start = torch.randn(5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for sampler in (SAMPLERS["euler"], SAMPLERS["dpmpp"]):
        made = sampler(predict, process, 4, lambda: start)
        torch.testing.assert_close(made, sampler.walk(denoise, process, 4, lambda: start))
