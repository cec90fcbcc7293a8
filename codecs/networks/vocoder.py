"""The vocoder: log-mel spectrogram to waveform, in one of three designs.

`hifigan` upsamples in the time domain; `spectral` ends in an inverse STFT (Vocos); `source-filter`
shapes pulses and noise at the pitch that it finds in the log-mel. All take the same features, so
that any may serve every codec with a mel decoder.
"""

from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor, nn

from .convnext import Fine, SpectralDecoder
from .draws import DrawShape
from .features import LogMel, MelConfig
from .hifigan import HifiGan
from .source_filter import SourceFilterConfig, SourceFilterVocoder, Voiced


@dataclass(frozen=True)
class VocoderConfig:
    """Sizes of a vocoder.

    Attributes:
        rates, channels: of HiFi-GAN; the rates multiply to the mel's hop, V1 has 512 channels and
            V2 128.
        dim, depth, n_fft: of the spectral design.
        fine: of its blocks at a multiple of the frame rate, if any.
        source_filter: of the source-filter design.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    design: Literal["hifigan", "spectral", "source-filter"] = "hifigan"
    rates: tuple[int, ...] = (8, 5, 4, 2)
    channels: int = 128
    dim: int = 256
    depth: int = 6
    n_fft: int = 960
    fine: Fine | None = None
    source_filter: SourceFilterConfig | None = None

    @property
    def draws(self) -> bool:
        """Does it draw pulses and noise?"""
        return self.design == "source-filter"

    @property
    def sample_rate(self) -> int:
        """Hz of the signals."""
        return self.mel.sample_rate

    @property
    def hop(self) -> int:
        """Samples per frame."""
        return self.mel.hop


class Vocoder(nn.Module):
    """Log-mels [B, bands, k] to signals [B, k * hop]."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.log_mel = LogMel(c.mel)
        self.network: nn.Module
        if c.design == "hifigan":
            self.network = HifiGan(c.mel.bands, c.rates, c.channels)
        elif c.design == "spectral":
            self.network = SpectralDecoder(c.n_fft, c.hop, c.dim, c.depth, c.mel.bands, c.fine)
        else:
            self.network = SourceFilterVocoder(c.mel, c.source_filter or SourceFilterConfig())

    def forward(self, mel: Tensor, draw: DrawShape) -> Tensor:
        """Signals of log-mels; `draw` gives the phase and the noise of designs that have them."""
        if isinstance(self.network, SourceFilterVocoder):
            made: Voiced = self.network(mel, draw)
            return made.audio
        audio: Tensor = self.network(mel)
        return audio.float()
