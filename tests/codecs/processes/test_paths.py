"""Processes and schedules against closed forms and the published constants."""

import math

import pytest
import torch

from nscbench.codecs.processes import schedules
from nscbench.codecs.processes.paths import PROCESSES, Chain, FlowMatching, MeanReverting

TIMES = torch.tensor([0.1, 0.35, 0.8], dtype=torch.float64)


@pytest.mark.parametrize(
    ("name", "expected", "within"), [("diffwave", 0.28, 0.005), ("power", 0.005, 0.0005)]
)
def test_power_that_the_published_chains_leave(name: str, expected: float, within: float) -> None:
    """Measured on the published code."""
    alpha = PROCESSES[name]().level(1.0).alpha
    assert alpha**2 == pytest.approx(expected, abs=within)


def test_grad_tts_leaves_what_its_sde_integrates_to() -> None:
    # half the integral of beta is (0.05 + 20) / 4
    assert PROCESSES["mean-reverting"]().level(1.0).alpha == pytest.approx(math.exp(-20.05 / 4))


def test_schedules_start_and_end_where_they_should() -> None:
    betas = 1 - schedules.linear(50, 1e-4, 0.05)[1:] / schedules.linear(50, 1e-4, 0.05)[:-1]
    torch.testing.assert_close(betas, torch.linspace(1e-4, 0.05, 50, dtype=torch.float64))
    table = schedules.power(1000, 1e-5, 2.9e-2, 7.5)
    assert 1 - float(table[1]) == pytest.approx(1e-5)
    assert 1 - float(table[-1] / table[-2]) == pytest.approx(2.9e-2)
    curve = schedules.cosine(1000)
    half = math.cos((0.5 + 0.008) / 1.008 * math.pi / 2) / math.cos(0.008 / 1.008 * math.pi / 2)
    assert float(curve[500]) == pytest.approx(half**2)
    assert float(curve[-1]) < 1e-8
    with pytest.raises(ValueError, match="allowed is 0 to 1"):
        schedules.linear(10, 0.1, 1.5)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_paths_go_from_data_to_noise(name: str) -> None:
    process = PROCESSES[name]()
    assert process.level(0.0).alpha == pytest.approx(1)
    assert process.level(0.0).sigma == pytest.approx(0, abs=1e-3)
    assert process.ends_in_noise == (name != "diffwave")
    if process.ends_in_noise:
        assert process.level(1.0).sigma == pytest.approx(1, abs=3e-3)


@pytest.mark.parametrize("name", ["diffwave", "power", "cosine"])
def test_marginals_are_those_of_the_chain(name: str) -> None:
    """Mean and variance, step by step, of x_n = sqrt(1 - beta_n) x_{n-1} + sqrt(beta_n) z."""
    process = PROCESSES[name]()
    assert isinstance(process, Chain)
    table = process.alphas.square()
    mean, variance = 1.0, 0.0
    for n in range(1, process.steps):
        beta = 1 - float(table[n] / table[n - 1])
        mean, variance = math.sqrt(1 - beta) * mean, (1 - beta) * variance + beta
        if n % (process.steps // 5) == 0:
            level = process.level(n / process.steps)
            assert level.alpha == pytest.approx(mean)
            assert level.sigma**2 == pytest.approx(variance)


def test_marginals_are_those_of_the_sde() -> None:
    """Moments of dX = (mu - X) beta / 2 dt + sqrt(beta) dW, integrated in small steps."""
    process, mu, start, steps = MeanReverting(), -1.5, 2.0, 20_000
    mean, variance = start, 0.0
    for n in range(steps // 2):
        beta = float(process.beta(torch.tensor((n + 0.5) / steps)))
        mean += (mu - mean) * beta / 2 / steps
        variance += (1 - variance) * beta / steps
    level = process.level(0.5)
    assert mu + level.alpha * (start - mu) == pytest.approx(mean, rel=1e-3)
    assert level.sigma**2 == pytest.approx(variance, rel=1e-3)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_diffused_data_has_the_path_s_moments(name: str) -> None:
    process = PROCESSES[name]()
    noise = torch.randn(3, 20_000, generator=torch.Generator().manual_seed(0)).double()
    y = process.diffuse(torch.full_like(noise, 2.0), noise, TIMES)
    torch.testing.assert_close(y.mean(1), 2 * process.alpha(TIMES), atol=0.03, rtol=0)
    torch.testing.assert_close(y.std(1), process.sigma(TIMES), atol=0.02, rtol=0)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_target_and_clean_are_inverse(name: str) -> None:
    process = PROCESSES[name]()
    generator = torch.Generator().manual_seed(0)
    data, noise = torch.randn(2, 3, 5, generator=generator).double()
    y = process.diffuse(data, noise, TIMES)
    target = process.target(data, noise, TIMES)
    for i, time in enumerate(TIMES.tolist()):
        torch.testing.assert_close(process.clean(target[i], y[i], time), data[i])


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_rates_are_derivatives(name: str) -> None:
    process, step = PROCESSES[name](), 1e-6
    for time in (0.1003, 0.3507, 0.8001):
        level, later = process.level(time), process.level(time + step)
        assert level.alpha_rate == pytest.approx((later.alpha - level.alpha) / step, rel=1e-3)
        assert level.sigma_rate == pytest.approx((later.sigma - level.sigma) / step, rel=1e-3)


def test_heading_of_the_flow_is_its_velocity() -> None:
    flow = FlowMatching()
    assert flow.heading(TIMES)[0].tolist() == [-1.0] * 3
    level = flow.level(0.4)
    assert (level.alpha_rate, level.sigma_rate) == pytest.approx((-1.0, 1 - 1e-4))


def test_training_times_are_spread_and_reproducible() -> None:
    process = PROCESSES["diffwave"]()
    times = process.draw_times(50, torch.Generator().manual_seed(3))
    again = process.draw_times(50, torch.Generator().manual_seed(3))
    assert torch.equal(times, again)
    assert times.min() >= 1 / 50
    slots = ((times - 0.02) / 0.98 * 50).floor().long()
    assert sorted(slots.tolist()) == list(range(50))


def test_levels_are_found_in_the_chain_as_diffwave_finds_them() -> None:
    chain = PROCESSES["diffwave"]()
    assert isinstance(chain, Chain)
    for step, share in ((7, 0.25), (31, 0.9)):
        alpha = float(chain.alphas[step] * (1 - share) + chain.alphas[step + 1] * share)
        assert chain.time_of(alpha) * 50 == pytest.approx(step + share)
        assert chain.level(chain.time_of(alpha)).alpha == pytest.approx(alpha)
    with pytest.raises(ValueError, match="goes from 1 to"):
        chain.time_of(0.1)
