"""A codec of the design space: front end, diffusion decoder, back end.

A decoder belongs to the modules that gave its condition and its target in training. It knows the
fingerprint of their weights and refuses others, whose indices or latents would mean something else;
any vocoder of the same log-mel fits, and any decoder of the GAN baseline's latents.

Every item is decoded alone and takes its noise from its own generator, drawn on the CPU.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Literal, get_args

from torch import Tensor

from ..base import CodecError
from ..networks.diffusion import DiffusionConfig
from ..networks.draws import DrawShape
from ..processes.paths import Chain
from ..processes.samplers import FAST_BETAS, SAMPLERS, Sampler
from ..settings import choose
from ..weights.pretrained import digest, missing
from .back_ends import BackEnd
from .front_ends import FrontEnd
from .token_codec import TokenCodec

Launch = Literal["kernels", "graph"]
LAUNCHES: tuple[Launch, ...] = get_args(Launch)
RATES = (1.5, 3.0)
NFES = (1, 2, 4, 6, 10, 25, 50)
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class DiffusionCodec(TokenCodec):
    """One rate of one cell; a subclass names its two ends, and itself if it is none of the grid.

    Attributes:
        nfe: number of evaluations of the denoiser per decoded signal.
        sampler: one of `samplers`.
        temperature: factor on all noise that sampling draws, 1 as trained; lower ones trade variety
            for closeness (V. Popov et al., "Grad-TTS", ICML 2021).
        launch: of the evaluations on a GPU: kernel by kernel, or as a CUDA graph.
        weights, front_weights, back_weights: of the decoder and the two ends, as embedded names or
            paths; by default those named after the cell and the ends' components.
    """

    stochastic: ClassVar[bool] = True
    component: ClassVar[str] = "diffusion"  # what the decoder's weights hold
    nfes: ClassVar[tuple[int, ...]] = NFES
    samplers: ClassVar[Mapping[str, Sampler]] = SAMPLERS
    rates: ClassVar[tuple[float, ...]] = RATES
    operating_points: ClassVar = tuple({"kbps": rate} for rate in RATES)
    front: ClassVar[FrontEnd]
    back: ClassVar[BackEnd]

    nfe: int = 10
    sampler: str = "euler"
    temperature: float = 1.0
    launch: Launch = "kernels"
    weights: str = field(default="", metadata={"in_name": False})
    front_weights: str = field(default="", metadata={"in_name": False})
    back_weights: str = field(default="", metadata={"in_name": False})

    def __init_subclass__(cls, *, front: FrontEnd, back: BackEnd, name: str = "") -> None:
        cls.name = name or cell(front, back)
        cls.front, cls.back = front, back

    def __post_init__(self) -> None:
        super().__post_init__()
        choose(self, "nfe", self.nfes)
        choose(self, "temperature", TEMPERATURES)
        if self.sampler not in self.samplers:
            allowed = ", ".join(self.samplers)
            raise CodecError(f"{self.name} has no sampler={self.sampler!r}; there are: {allowed}")
        if self.launch not in LAUNCHES:
            allowed = ", ".join(LAUNCHES)
            raise CodecError(f"{self.name} has no launch={self.launch!r}; there are: {allowed}")
        if self.sampler == "midpoint" and self.nfe % 2:
            raise CodecError(f"sampler='midpoint' takes an even nfe, not {self.nfe}")
        if self.sampler == "fast" and self.nfe != len(FAST_BETAS):
            raise CodecError(f"sampler='fast' takes nfe={len(FAST_BETAS)}, not {self.nfe}")

    @classmethod
    def unavailable(cls) -> str:
        return missing(cls.front.component, *filter(None, [cls.back.component]), cls.name)

    @property
    def components(self) -> dict[str, str]:
        weights = {
            self.front.component: self.front_weights or self.front.component,
            self.component: self.weights or self.name,
        }
        if self.back.component and self.back.component not in weights:
            weights[self.back.component] = self.back_weights or self.back.component
        return weights

    def tokenize(self, audio: Tensor) -> Tensor:
        return self.front.tokenize(self.network(self.front.component), audio, self.stages)

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of indices [1, stages, k] and standard normal tensors.

        Raises:
            CodecError: the weights are of another cell, were trained on other weights, or their
                process has no such sampler.
        """
        decoder = self.network(self.component)
        check(decoder.config, self.front, self.back, self.components)
        if self.sampler == "fast" and not isinstance(decoder.process, Chain):
            raise CodecError(
                f"sampler='fast' is for discrete chains; the process of these weights of "
                f"{self.name} is {decoder.config.process!r}"
            )
        graphed = self.launch == "graph"
        if graphed and indices.device.type != "cuda":
            raise CodecError(
                f"{self.name}: launch='graph' is for CUDA devices, not for {indices.device.type}"
            )
        condition = self.front.condition(self.network(self.front.component), indices, draw)

        def cooled(shape: tuple[int, ...]) -> Tensor:
            return self.temperature * draw(shape)

        made = decoder.sample(condition, self.samplers[self.sampler], self.nfe, cooled, graphed)
        component = self.back.component
        network = self.network(component) if component else None
        return self.back.waveform(network, made, draw)


def cell(front: FrontEnd, back: BackEnd) -> str:
    """Name of the pairing: condition, 2, output."""
    return f"{front.domain}2{back.domain}"


def foundation(front: FrontEnd, back: BackEnd, weights: Mapping[str, str]) -> str:
    """Fingerprint of what a decoder of this cell is built on, by the weights of each component.

    Only of the modules that made condition and target: the GAN baseline's decoder may go on
    learning on a frozen encoder, and a decoder of its latents stays valid.
    """
    digests = [digest(weights[front.component], *front.modules)]
    if back.modules:
        digests.append(digest(weights[back.component], *back.modules))
    return sha256("".join(digests).encode()).hexdigest()


def check(
    config: DiffusionConfig, front: FrontEnd, back: BackEnd, weights: Mapping[str, str]
) -> None:
    """Does a decoder fit the two ends with these weights?

    Raises:
        CodecError: it is of another cell, or was trained on others than these.
    """
    if (config.condition, config.output) != (front.domain, back.domain):
        raise CodecError(
            f"these weights are of {config.condition}2{config.output}, not of {cell(front, back)}"
        )
    if config.built_on != foundation(front, back, weights):
        raise CodecError(
            f"this decoder of {cell(front, back)} was trained on other weights than "
            f"{', '.join(sorted(set(weights.values())))}: train it anew, or name those"
        )
