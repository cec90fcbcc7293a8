"""LaDiffCodec: the GAN baseline's latents, de-quantized by diffusion into another latent space.

A published baseline beside the grid: `lat2lat`, but into the latents of a continuous autoencoder
that runs at a multiple of the codec's frame rate and never was quantized, sampled from the
condition half-way.

H. Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent Diffusion", ICASSP
2024.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..networks.ladiff import LadiffConfig, LadiffDecoder
from ..processes.midway import MIDWAY_SAMPLERS
from ..processes.samplers import AS_TRAINED, SAMPLERS, Sampler
from ..weights.parts import LADIFF, Part
from .back_ends import ContinuousBackEnd
from .diffusion_codec import DiffusionCodec
from .front_ends import LatFrontEnd


@dataclass(frozen=True)
class Ladiff(DiffusionCodec, front=LatFrontEnd(), back=ContinuousBackEnd(), name="ladiff"):
    """One rate, number of evaluations and sampler."""

    paper: ClassVar[str] = (
        'H. Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent '
        'Diffusion", ICASSP 2024'
    )
    decoder: ClassVar[Part[LadiffConfig, LadiffDecoder]] = LADIFF
    samplers: ClassVar[Mapping[str, Sampler]] = MIDWAY_SAMPLERS | SAMPLERS

    nfe: int = 10
    sampler: str = "infilling"
    temperature: float = AS_TRAINED


CODEC = Ladiff
