"""Domains and sizes of a diffusion decoder.

Conventions
    condition  log-mel [B, bands, k], dequantized latent [B, latent, k] or waveform [B, 1, k * hop]
    output     the same three domains; the latent is the one before quantization
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from ...processes.paths import PROCESSES
from ..features import MelConfig

Domain = Literal["wav", "mel", "lat"]
DOMAINS: tuple[Domain, ...] = get_args(Domain)


@dataclass(frozen=True)
class DiffusionConfig:
    """What a decoder is given, what it makes, and how large it is.

    Attributes:
        condition_channels, channels: of the condition and of the output; 1 for waveforms.
        process: one of `processes.paths.PROCESSES`.
        denoiser: one of `denoisers`.
        dim, depth: channels and layers of the waveform denoisers; the U-Nets' first width is `dim`,
            and `multipliers` make the others from it.
        rates: DiffWave's upsampling, multiplies to `hop`; patch: samples of a patch.
        features, conditioner_dim, conditioner_depth: sizes of the conditioner.
        n_fft: of the spectrum that the conditioner takes of a waveform.
        emphasis: coefficient of the pre-emphasis of waveforms; 0 for none.
        levelled: is the noise scaled by a level that the features tell? Waveforms only.
        voiced: does the process run over flat speech, beside the voice's own excitation
            (`networks.voice`)? Waveforms only.
        direct: does the anchor begin as the linear map that comes nearest, from three frames of the
            condition (of a waveform, of its log-mel)? Mels and latents only.
        built_on: fingerprint of the frozen weights that gave condition and output in training.

    Raises:
        ValueError: there is no such domain, process or denoiser, or settings exclude each other.
    """

    denoisers: ClassVar[tuple[str, ...]] = ("diffwave", "patch-wave", "unet1d", "unet2d")

    condition: Domain
    output: Domain
    condition_channels: int
    channels: int
    process: str
    denoiser: str
    dim: int
    sample_rate: int = 16_000
    hop: int = 320
    depth: int = 8
    multipliers: tuple[int, ...] = (1, 2, 4)
    rates: tuple[int, ...] = (16, 20)
    patch: int = 40
    features: int = 128
    conditioner_dim: int = 128
    conditioner_depth: int = 4
    n_fft: int = 960
    emphasis: float = 0.0
    levelled: bool = False
    voiced: bool = False
    direct: bool = False
    built_on: str = ""

    def __post_init__(self) -> None:
        self._check("condition", DOMAINS)
        self._check("output", DOMAINS)
        self._check("process", PROCESSES)
        self._check("denoiser", self.denoisers)
        if self.voiced and (self.output != "wav" or self.emphasis or self.levelled):
            raise ValueError(
                "voiced is for waveforms, and takes the place of emphasis and levelled"
            )
        if self.direct and (self.output == "wav" or self.output == self.condition):
            raise ValueError("direct is for mels and latents of another domain than theirs")

    @property
    def anchored(self) -> bool:
        """Does the condition give a first guess at the output, which the process runs around?"""
        return self.output != "wav" or (self.condition == "wav" and not self.voiced)

    @property
    def hinted(self) -> bool:
        """Is the denoiser shown a signal of the output's shape beside the noisy one?"""
        return self.anchored or self.voiced

    @property
    def continues(self) -> bool:
        """Is the condition itself a first guess at the output?"""
        return self.output == self.condition and not self.voiced

    @property
    def given_channels(self) -> int:
        """Channels of the frames that the condition gives: of a waveform, its log-mel's bands."""
        return self.mel.bands if self.condition == "wav" else self.condition_channels

    @property
    def mel(self) -> MelConfig:
        """The log-mel that a voice is told by, and that a waveform gives an anchor."""
        return MelConfig(self.sample_rate, hop=self.hop, fmax=self.sample_rate / 2)

    def made_of(self, samples: int) -> int:
        """Length of the output for a condition of this length, in samples or frames."""
        frames = samples // (self.hop if self.condition == "wav" else 1)
        return frames * (self.hop if self.output == "wav" else 1)

    def _check(self, name: str, allowed: Iterable[str]) -> None:
        if getattr(self, name) not in (names := tuple(allowed)):
            raise ValueError(
                f"{type(self).__name__} has no {name}={getattr(self, name)!r}; "
                f"there are: {', '.join(names)}"
            )
