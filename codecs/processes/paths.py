"""Diffusion processes: how data becomes noise, and what a network is trained to say about it.

Every process is a Gaussian path from data at time 0 to standard normal noise at time 1,

    y_t = alpha(t) y_0 + sigma(t) z,    y = x - centre,

around a centre: zero, or the anchor that the condition gives. Around an anchor the
variance-preserving path is the forward SDE of Grad-TTS, dX = (mu - X) beta / 2 dt + sqrt(beta) dW,
and the straight path is a flow from noise around the anchor to the data. Since only alpha and sigma
tell the processes apart, each sampler serves all of them.

Conventions
    t       within [0, 1], rising with the noise; step n of a chain of T is n / T
    clean   estimate of y_0, the expectation of y_0 given y_t: what a denoiser gives to a sampler
    predicts
        "noise"     z, as DDPM and, up to sign and scale, Grad-TTS's score
        "velocity"  the tangent of the path: dy/dt for the straight one; for variance-preserving
                    ones alpha z - sigma y_0, which stays of order one where alpha vanishes

J. Ho et al., "Denoising Diffusion Probabilistic Models", NeurIPS 2020. V. Popov et al., "Grad-TTS",
ICML 2021. Y. Lipman et al., "Flow Matching for Generative Modeling", ICLR 2023. T. Salimans and
J. Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022 (velocity).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from . import schedules

Prediction = Literal["noise", "velocity"]


@dataclass(frozen=True)
class Level:
    """A process at one time: coefficients of data and noise, and their derivatives in time."""

    time: float
    alpha: float
    sigma: float
    alpha_rate: float
    sigma_rate: float


class Process(ABC):
    """A Gaussian path; methods take times as float64 tensors."""

    called: ClassVar[str] = "Gaussian paths"  # in messages: what samplers are for

    predicts: Prediction
    earliest: float  # the smallest time of training

    @property
    def ends_in_noise(self) -> bool:
        """Is less than 1 % of the power of standardized data left at time 1?

        DiffWave's own chain leaves 28 %. Speech in [-1, 1] is so faint that this is noise all the
        same, so waveforms keep their level there instead of being standardized.
        """
        return self.level(1.0).alpha ** 2 < 0.01

    @abstractmethod
    def alpha(self, t: Tensor) -> Tensor:
        """Coefficient of the data."""

    @abstractmethod
    def sigma(self, t: Tensor) -> Tensor:
        """Coefficient of the noise."""

    @abstractmethod
    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Derivatives of alpha and sigma in time, towards earlier times where they jump."""

    @abstractmethod
    def heading(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Coefficients (a, s) of data and noise in the velocity; alpha s - sigma a is 1."""

    def level(self, time: float) -> Level:
        """Everything that a sampler asks at one time, as numbers; no derivatives at time 0.

        There sigma's may be infinite, and no sampler that goes backwards in time evaluates there.
        """
        t = torch.tensor(time, dtype=torch.float64)
        rates = self.rates(t) if time > 0 else (torch.zeros(()), torch.zeros(()))
        return Level(time, *(float(value) for value in (self.alpha(t), self.sigma(t), *rates)))

    def draw_times(self, count: int, generator: torch.Generator) -> Tensor:
        """Training times [count], uniform over the process, one in each of `count` equal parts."""
        parts = torch.randperm(count, generator=generator)
        inside = torch.rand(count, generator=generator, dtype=torch.float64)
        return self.earliest + (1 - self.earliest) * (parts + inside) / count

    def diffuse(self, clean: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """y_t of data and noise [B, ...] at times [B]."""
        return _mix(self.alpha(t), clean, self.sigma(t), noise)

    def target(self, clean: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """What the network learns to predict, for data and noise [B, ...] at times [B]."""
        if self.predicts == "noise":
            return noise
        ahead, aside = self.heading(t)
        return _mix(ahead, clean, aside, noise)

    def clean(self, prediction: Tensor, y: Tensor, time: float) -> Tensor:
        """The estimate of y_0 that a prediction for y at one time amounts to."""
        t = torch.tensor(time, dtype=torch.float64)
        alpha, sigma = float(self.alpha(t)), float(self.sigma(t))
        if self.predicts == "noise":
            return (y - sigma * prediction) / alpha
        return float(self.heading(t)[1]) * y - sigma * prediction


class VariancePreserving(Process):
    """Paths on which alpha^2 + sigma^2 is 1."""

    def sigma(self, t: Tensor) -> Tensor:
        return (1 - self.alpha(t).square()).clamp_min(0).sqrt()

    def heading(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return -self.sigma(t), self.alpha(t)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        slope = self.slope(t)
        return slope, -self.alpha(t) * slope / self.sigma(t)

    @abstractmethod
    def slope(self, t: Tensor) -> Tensor:
        """Derivative of alpha in time."""


class Chain(VariancePreserving):
    """DDPM: a chain of T steps; between two steps alpha is interpolated, as DiffWave does."""

    called: ClassVar[str] = "discrete chains"

    def __init__(self, table: Tensor, predicts: Prediction) -> None:
        """A chain with alpha-bar [T + 1] from `schedules`."""
        self.alphas = table.sqrt()
        self._copies: dict[torch.device, Tensor] = {}
        self.steps = len(table) - 1
        self.earliest = 1 / self.steps
        self.predicts = predicts

    def alpha(self, t: Tensor) -> Tensor:
        alphas, below = self._on(t.device), self._below(t)
        return torch.lerp(alphas[below], alphas[below + 1], t * self.steps - below)

    def slope(self, t: Tensor) -> Tensor:
        alphas, below = self._on(t.device), self._below(t)
        return (alphas[below + 1] - alphas[below]) * self.steps

    def time_of(self, alpha: float) -> float:
        """The time at which the data's coefficient has fallen to `alpha`.

        Raises:
            ValueError: it never does.
        """
        if not float(self.alphas[-1]) <= alpha <= 1:
            raise ValueError(f"alpha {alpha:g}; this chain goes from 1 to {self.alphas[-1]:g}")
        below = int((self.alphas[1:-1] > alpha).sum())
        upper, lower = float(self.alphas[below]), float(self.alphas[below + 1])
        return (below + (upper - alpha) / (upper - lower)) / self.steps

    def _on(self, device: torch.device) -> Tensor:
        """The table on a device, to which it is copied once."""
        if device not in self._copies:
            self._copies[device] = self.alphas.to(device)
        return self._copies[device]

    def _below(self, t: Tensor) -> Tensor:
        """The last step before t."""
        return (t * self.steps).ceil().long().sub(1).clamp(0, self.steps - 1)


class MeanReverting(VariancePreserving):
    """Grad-TTS's forward SDE, whose rate grows linearly from `beta_first` to `beta_last`."""

    predicts: Prediction = "noise"
    earliest = 1e-5

    def __init__(self, beta_first: float = 0.05, beta_last: float = 20.0) -> None:
        self.beta_first, self.beta_last = beta_first, beta_last

    def beta(self, t: Tensor) -> Tensor:
        """Rate of the SDE."""
        return self.beta_first + (self.beta_last - self.beta_first) * t

    def alpha(self, t: Tensor) -> Tensor:
        total = self.beta_first * t + 0.5 * (self.beta_last - self.beta_first) * t.square()
        return torch.exp(-0.5 * total)

    def slope(self, t: Tensor) -> Tensor:
        return -0.5 * self.beta(t) * self.alpha(t)


class FlowMatching(Process):
    """The straight path of conditional flow matching."""

    predicts: Prediction = "velocity"
    earliest = 0.0

    def __init__(self, sigma_min: float = 1e-4) -> None:
        self.sigma_min = sigma_min

    def alpha(self, t: Tensor) -> Tensor:
        return 1 - t

    def sigma(self, t: Tensor) -> Tensor:
        return self.sigma_min + (1 - self.sigma_min) * t

    def heading(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return torch.full_like(t, -1.0), torch.full_like(t, 1 - self.sigma_min)

    def rates(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return self.heading(t)


def _mix(a: Tensor, x: Tensor, b: Tensor, y: Tensor) -> Tensor:
    """a x + b y for coefficients [B] and tensors [B, ...]."""
    shape = (-1, *(1 for _ in x.shape[1:]))
    a, b = a.to(x).view(shape), b.to(x).view(shape)
    return a * x + b * y


PROCESSES: dict[str, Callable[[], Process]] = {
    "diffwave": lambda: Chain(schedules.linear(50, 1e-4, 0.05), "noise"),
    "linear": lambda: Chain(schedules.linear(1000, 1e-4, 0.02), "noise"),
    "cosine": lambda: Chain(schedules.cosine(1000), "velocity"),
    "power": lambda: Chain(schedules.power(1000, 1e-5, 2.9e-2, 7.5), "noise"),
    "power-velocity": lambda: Chain(schedules.power(1000, 1e-5, 2.9e-2, 7.5), "velocity"),
    "mean-reverting": MeanReverting,
    "flow": FlowMatching,
}
