"""A codec of the design space: front end, diffusion decoder, back end.

A decoder belongs to the modules that gave its condition and its target in training. It knows the
fingerprint of their weights and refuses others, whose indices or latents would mean something else;
any vocoder of the same log-mel fits, and any decoder of the GAN baseline's latents.

Every item takes its noise from its own generator, drawn on the CPU. On a CPU items are decoded one
by one, so that a batch gives the very bits of its items alone; on a GPU the denoiser evaluates
several as one padded batch, which gives the same up to rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from ..base import CodecError
from ..networks.diffusion import DiffusionConfig, DiffusionDecoder
from ..networks.draws import DrawShape
from ..processes.samplers import COOLED, EVALUATIONS, SAMPLERS, Sampler
from ..settings import choose
from ..weights.parts import DIFFUSION, Part, TokenConfig
from ..weights.pretrained import digest, missing
from .back_ends import BackEnd
from .buckets import buckets
from .front_ends import FrontEnd
from .token_codec import TokenCodec

Launch = Literal["kernels", "graph"]
LAUNCHES: tuple[Launch, ...] = get_args(Launch)
RATES = (1.5, 3.0)
NFES = (1, 2, 4, 6, 10, 25, 50)
BUCKET_SECONDS = 120.0  # of padded signal that a device decodes at once
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class DiffusionCodec(TokenCodec):
    """One rate of one pairing of ends.

    A subclass states its two ends; it is named after them unless it states a name of its own.

    Attributes:
        nfe: number of evaluations of the denoiser per decoded signal.
        sampler: one of `samplers`.
        temperature: factor on all noise that sampling draws, 1 as trained; lower ones trade variety
            for closeness (V. Popov et al., "Grad-TTS", ICML 2021).
        launch: of the evaluations on a GPU: kernel by kernel, or as a CUDA graph.
        weights, front_weights, back_weights: of the decoder and the two ends, as embedded names or
            paths; by default those named after the cell and the ends' parts. A back end that runs
            on the front end's part, or on none, has no weights of its own.
    """

    stochastic: ClassVar[bool] = True
    paper: ClassVar[str] = (
        'P. Foti and A. Brendel, "On the Design of Diffusion-based Neural Speech Codecs", '
        "EUSIPCO 2025"
    )
    decoder: ClassVar[Part[DiffusionConfig, DiffusionDecoder]] = DIFFUSION
    nfes: ClassVar[tuple[int, ...]] = NFES
    samplers: ClassVar[Mapping[str, Sampler]] = SAMPLERS
    rates: ClassVar[tuple[float, ...]] = RATES
    operating_points: ClassVar = tuple({"kbps": rate} for rate in RATES)
    front: ClassVar[FrontEnd[Any, Any]]
    back: ClassVar[BackEnd[Any, Any]]

    nfe: int = EVALUATIONS
    sampler: str = "euler"
    temperature: float = COOLED
    launch: Launch = "kernels"
    weights: str = field(default="", metadata={"in_name": False})
    front_weights: str = field(default="", metadata={"in_name": False})
    back_weights: str = field(default="", metadata={"in_name": False})

    def __init_subclass__(
        cls, *, front: FrontEnd[Any, Any], back: BackEnd[Any, Any], name: str = ""
    ) -> None:
        cls.name = name or cell(front, back)
        cls.front, cls.back = front, back

    def __post_init__(self) -> None:
        super().__post_init__()
        choose(self, "nfe", self.nfes)
        choose(self, "temperature", TEMPERATURES)
        choose(self, "sampler", self.samplers)
        choose(self, "launch", LAUNCHES)
        if refusal := self.samplers[self.sampler].refusal(self.nfe):
            raise CodecError(f"sampler={self.sampler!r} {refusal}")
        if self.back_weights and self.back.part in (None, self.front.part):
            reason = "of its front end: name front_weights" if self.back.part else "without weights"
            raise CodecError(
                f"{self.name} has no back_weights={self.back_weights!r}; its back end is {reason}"
            )

    @classmethod
    def unavailable(cls) -> str:
        weights = dict(cls().parts)
        own = weights.pop(cls.decoder.name)  # last: training it needs the others
        return missing(*weights.values(), own)

    @property
    def tokenizer(self) -> Part[TokenConfig, nn.Module]:
        return self.front.part

    @property
    def parts(self) -> dict[str, str]:
        weights = {
            self.front.part.name: self.front_weights or self.front.part.name,
            self.decoder.name: self.weights or self.name,
        }
        if self.back.part and self.back.part != self.front.part:
            weights[self.back.part.name] = self.back_weights or self.back.part.name
        return weights

    def tokenize(self, audio: Tensor) -> Tensor:
        return self.front.tokenize(self.network(self.front.part), audio, self.stages)

    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of indices [1, stages, k] and standard normal tensors.

        Raises:
            CodecError: as `render_together`.
        """
        return self.render_together([indices], [draw])[0]

    def render_items(self, indices: Sequence[Tensor], draws: Sequence[DrawShape]) -> list[Tensor]:
        """Signals of all items: one by one on a CPU, in buckets on a GPU."""
        if torch.device(self.device).type == "cpu":
            return super().render_items(indices, draws)
        limit = int(BUCKET_SECONDS * self.sample_rate / self._config.hop)
        signals: dict[int, Tensor] = {}
        for bucket in buckets([own.shape[-1] for own in indices], limit):
            made = self.render_together([indices[i] for i in bucket], [draws[i] for i in bucket])
            signals |= {i: signal[0].cpu() for i, signal in zip(bucket, made, strict=True)}
        return [signals[i] for i in range(len(indices))]

    def render_together(
        self, indices: Sequence[Tensor], draws: Sequence[DrawShape]
    ) -> list[Tensor]:
        """Signals [1, k_i * hop] of items of any lengths, whose outputs are sampled as one batch.

        Up to rounding, each is what `render` makes of it, with the same random numbers.

        Raises:
            CodecError: the weights are of another cell, were trained on other weights, or their
                process has no such sampler; the device has no graphs.
        """
        decoder, sampler = self._ready(torch.device(self.device))
        front, graphed = self.network(self.front.part), self.launch == "graph"
        pairs = list(zip(indices, draws, strict=True))
        conditions = [self.front.condition(front, own, draw) for own, draw in pairs]
        made = decoder.sample_together(
            conditions, sampler, self.nfe, draws, self.temperature, graphed
        )
        return [self.finish(own, *pair) for own, pair in zip(made, pairs, strict=True)]

    def finish(self, made: Tensor, indices: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of what the decoder made of these indices."""
        network = self.network(self.back.part) if self.back.part else None
        return self.back.waveform(network, made, draw)

    def _ready(self, device: torch.device) -> tuple[DiffusionDecoder, Sampler]:
        """Decoder and sampler, which fit the ends, each other and the device."""
        decoder, sampler = self.network(self.decoder), self.samplers[self.sampler]
        check_fit(decoder.config, self.front, self.back, self.parts)
        if not isinstance(decoder.process, sampler.processes):
            raise CodecError(
                f"sampler={self.sampler!r} is for {sampler.processes.called}; the process of these "
                f"weights of {self.name} is {decoder.config.process!r}"
            )
        if self.launch == "graph" and device.type != "cuda":
            raise CodecError(
                f"{self.name}: launch='graph' is for CUDA devices, not for {device.type}"
            )
        return decoder, sampler


def cell(front: FrontEnd[Any, Any], back: BackEnd[Any, Any]) -> str:
    """Name of the pairing: condition, 2, output."""
    return f"{front.domain}2{back.domain}"


def foundation(
    front: FrontEnd[Any, Any], back: BackEnd[Any, Any], weights: Mapping[str, str]
) -> str:
    """Fingerprint of what a decoder of this cell is built on, by the weights of each part.

    Only of the modules that made condition and target: the GAN baseline's decoder may go on
    learning on a frozen encoder, and a decoder of its latents stays valid.
    """
    digests = [digest(weights[front.part.name], *front.modules)]
    if back.part and back.modules:
        digests.append(digest(weights[back.part.name], *back.modules))
    return sha256("".join(digests).encode()).hexdigest()


def check_fit(
    config: DiffusionConfig,
    front: FrontEnd[Any, Any],
    back: BackEnd[Any, Any],
    weights: Mapping[str, str],
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
