"""Multi-Band Diffusion: the GAN baseline's indices, decoded by four diffusion models, one per band.

A published baseline beside the grid: `lat2wav` with the bands, the equalizer and the schedule of
the paper. As in its code, the sum of the bands is matched, in 32 bands and over the whole signal,
to the energies of what the GAN baseline decodes from the same indices, and the default is every
fiftieth step of 1000. An evaluation is one of all four models. Its temperature is the cells'.

R. San Roman et al., "From Discrete Tokens to High-Fidelity Audio Using Multi-Band Diffusion",
NeurIPS 2023.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from ..networks.bands import MATCHED_BANDS, match_bands
from ..networks.draws import DrawShape
from ..networks.mbd import MultiBandConfig, MultiBandDecoder
from ..weights.parts import GAN, MBD, Part
from .back_ends import WavBackEnd
from .diffusion_codec import DiffusionCodec
from .front_ends import LatFrontEnd


@dataclass(frozen=True)
class Mbd(DiffusionCodec, front=LatFrontEnd(), back=WavBackEnd(), name="mbd"):
    """One rate, number of evaluations and sampler."""

    paper: ClassVar[str] = (
        'R. San Roman et al., "From Discrete Tokens to High-Fidelity Audio Using Multi-Band '
        'Diffusion", NeurIPS 2023'
    )
    decoder: ClassVar[Part[MultiBandConfig, MultiBandDecoder]] = MBD
    nfes: ClassVar[tuple[int, ...]] = (1, 2, 4, 6, 10, 20, 25, 50)

    nfe: int = 20
    sampler: str = "ancestral"

    def finish(self, made: Tensor, indices: Tensor, draw: DrawShape) -> Tensor:
        made = super().finish(made, indices, draw)
        decoded = self.network(GAN).decode(indices, draw)
        return match_bands(made, decoded, MATCHED_BANDS, self.sample_rate).clamp(-1, 1)


CODEC = Mbd
