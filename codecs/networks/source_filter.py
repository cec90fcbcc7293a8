"""The source-filter decoders: pulses and noise at the voice's own pitch, shaped by a network.

Both sources are shaped by the envelope of a log-mel and weighed by a voicing; a network that sees
them tells a, b and theta of every bin of several spectra a frame,

    pulses * exp(a + i theta) + noise * exp(b)

and the mel projection mends what the bands of the signal lack of the log-mel. The vocoder is given
the log-mel and finds the pitch in it; the codec's decoder tells both from its latent. Nothing
beyond mel or latent is sent.

X. Wang et al., "Neural Source-Filter Waveform Models for Statistical Parametric Speech Synthesis",
TASLP 2020. H. Siuzdak, "Vocos", ICLR 2024.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .convnext import COMPRESSION, LOG_DEVIATION, LOG_MEAN, Stack, spread
from .draws import DrawShape
from .excitation import excite
from .features import LOG_MEL_DEVIATION, LOG_MEL_MEAN, MelConfig, istft, stft
from .mel_projection import MelEnvelope, MelProjection
from .pitch import CLASSES, PER_FRAME, PitchClasses, PitchNetwork
from .precision import single_precision
from .principal import hold_back

QUIET = 0.75  # share of the noise that voiced frames begin without
LEAST_GAIN, LARGEST_GAIN = -6.0, 4.0  # limits on log-gains


@dataclass(frozen=True)
class SourceFilterConfig:
    """Sizes of a source-filter decoder.

    Attributes:
        rate: spectra a frame; n_fft: samples of each.
        dim, depth: of the blocks at the frame rate.
        fine_dim, fine_depth: of the blocks at the spectra's rate.
        pitch_dim, pitch_depth: of the vocoder's pitch network.
        projections: passes of the mel projection.
    """

    rate: int = 2
    n_fft: int = 480
    dim: int = 256
    depth: int = 3
    fine_dim: int = 256
    fine_depth: int = 5
    pitch_dim: int = 96
    pitch_depth: int = 3
    projections: int = 3


@dataclass(frozen=True)
class Voiced:
    """Signals [B, k * hop], and what the decoder says of them.

    Attributes:
        mel: log-mel of the envelope [B, bands, k].
        pitch: logits of the classes [B, k * PER_FRAME, CLASSES].
        voicing: logits [B, k * PER_FRAME].
    """

    audio: Tensor
    mel: Tensor
    pitch: Tensor
    voicing: Tensor


class SourceSpectra(nn.Module):
    """The pulses' and the noise's spectra of a log F0, each [B, n_fft // 2 + 1, k * rate]."""

    window: Tensor

    def __init__(self, sample_rate: int, hop: int, rate: int, n_fft: int) -> None:
        super().__init__()
        self.sample_rate, self.frame, self.n_fft = sample_rate, hop, n_fft
        self.hop = hop // rate
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)

    @torch.no_grad()
    def forward(
        self, log_f0: Tensor, draw: DrawShape, passed: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        sources = excite(log_f0, self.sample_rate, self.frame // PER_FRAME, draw, passed)
        spectra = stft(torch.cat(sources), self.n_fft, self.hop, self.window)
        pulses, noise = spectra.chunk(2)
        return pulses, noise

    def signal(self, spectrum: Tensor) -> Tensor:
        """The signal [B, k * hop] of spectra [B, n_fft // 2 + 1, k * rate]."""
        return istft(spectrum, self.n_fft, self.hop, self.window)


class SourceFilter(nn.Module):
    """From an envelope and a pitch to signals: what vocoder and codec have in common."""

    def __init__(self, mel: MelConfig, config: SourceFilterConfig) -> None:
        super().__init__()
        c, bins = config, config.n_fft // 2 + 1
        self.rate = c.rate
        self.classes = PitchClasses()
        self.sources = SourceSpectra(mel.sample_rate, mel.hop, c.rate, c.n_fft)
        self.envelope = MelEnvelope(mel, c.n_fft, c.rate)
        self.to_fine = nn.Linear(c.dim, c.rate * c.fine_dim)
        self.see = nn.Linear(3 * bins, c.fine_dim)
        self.fine = Stack(c.fine_dim, c.fine_dim, c.fine_depth, kernel=1)
        self.exit = nn.Linear(c.fine_dim, 3 * bins)
        with torch.no_grad():
            self.exit.weight.mul_(0.1)
            self.exit.bias.zero_()
        self.projection = MelProjection(mel, c.projections)

    def synthesize(
        self,
        features: Tensor,
        mel: Tensor,
        log_f0: Tensor,
        voicing: Tensor,
        draw: DrawShape,
        passed: Tensor | None = None,
    ) -> Tensor:
        """Signals [B, k * hop].

        Args:
            features: what the network knows of every frame [B, k, dim].
            mel: log-mels [B, bands, k]; the sources are shaped by them as they are, the signal is
                projected onto them, through which they can learn.
            log_f0, voicing: [B, k * PER_FRAME], the voicing as logits.
            draw: gives the pulses' phase and the noise.
            passed: periods passed at every sample, where real pulses are known.
        """
        pulses, noise = self._shaped(mel, self.sources(log_f0, draw, passed), voicing)
        y = spread(self.to_fine(features).transpose(1, 2), self.rate)
        y = self.fine(y + self.see(_seen(pulses + noise)).transpose(1, 2))
        with single_precision(y.device):  # bfloat16 has no digits for a phase
            told = self.exit(y.float()).transpose(1, 2)
            of_pulses, turn, of_noise = told.chunk(3, dim=1)
            of_pulses, of_noise = (
                gain.clamp(LEAST_GAIN, LARGEST_GAIN).exp() for gain in (of_pulses, of_noise)
            )
            spectrum = pulses * torch.polar(of_pulses, turn) + noise * of_noise
            audio: Tensor = self.projection(self.sources.signal(spectrum), mel)
        return audio

    @torch.no_grad()
    def _shaped(
        self, mel: Tensor, sources: tuple[Tensor, Tensor], voicing: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Both sources' spectra under the envelope; their shares by the voicing."""
        pulses, noise = sources
        with single_precision(mel.device):
            voiced = torch.sigmoid(voicing.float())[:, None]
            voiced = F.interpolate(voiced, scale_factor=self.rate / PER_FRAME, mode="linear")
            shape = self.envelope(mel)
            return pulses * (shape * voiced.sqrt()), noise * (shape * (1 - QUIET * voiced))


class SourceFilterVocoder(SourceFilter):
    """Log-mels [B, bands, k] to signals [B, k * hop]."""

    def __init__(self, mel: MelConfig, config: SourceFilterConfig) -> None:
        super().__init__(mel, config)
        c = config
        self.pitch = PitchNetwork(mel.bands, c.pitch_dim, c.pitch_depth)
        self.body = Stack(mel.bands, c.dim, c.depth, kernel=7)

    def forward(self, mel: Tensor, draw: DrawShape) -> Voiced:
        standard = (mel - LOG_MEL_MEAN) / LOG_MEL_DEVIATION
        pitch, voicing = self.pitch(standard)
        log_f0 = self.classes.estimate(pitch)
        audio = self.synthesize(self.body(standard), mel, log_f0, voicing, draw)
        return Voiced(audio, mel, pitch, voicing)


class SourceFilterDecoder(SourceFilter):
    """Latents [B, latent, k] to signals [B, k * hop]; heads tell log-mel, pitch and voicing."""

    def __init__(self, latent: int, mel: MelConfig, config: SourceFilterConfig) -> None:
        super().__init__(mel, config)
        c = config
        self.body = Stack(latent, c.dim, c.depth, kernel=7)
        self.to_mel = nn.Linear(c.dim, mel.bands)
        self.direct_mel = nn.Linear(latent, mel.bands)
        self.to_pitch = nn.Linear(c.dim, PER_FRAME * (CLASSES + 1))

    def forward(
        self,
        latents: Tensor,
        draw: DrawShape,
        given: tuple[Tensor, Tensor] | None = None,
        passed: Tensor | None = None,
    ) -> Voiced:
        """Decode, at the pitch that the latents tell or that is given for some items.

        Args:
            given: log F0 [B, k * PER_FRAME], and which items [B] it is for.
            passed: periods passed at every sample [B, k * hop], where real pulses are known.
        """
        features = self.body(latents)
        mel = self._mel(latents, features)
        told = self.to_pitch(features).reshape(len(features), -1, CLASSES + 1)
        pitch, voicing = told[..., :CLASSES], told[..., CLASSES]
        log_f0 = self.classes.estimate(pitch)
        if given is not None:
            log_f0 = torch.where(given[1][:, None], given[0], log_f0)
        audio = self.synthesize(features, mel, log_f0, voicing, draw, passed)
        return Voiced(audio, mel, pitch, voicing)

    def _mel(self, latents: Tensor, features: Tensor) -> Tensor:
        """The log-mel [B, bands, k] that they tell."""
        with single_precision(latents.device):
            direct = self.direct_mel(latents.float().transpose(1, 2))
        told: Tensor = direct + self.to_mel(features).float()
        return told.transpose(1, 2) * LOG_MEL_DEVIATION + LOG_MEL_MEAN

    @torch.no_grad()
    def begin_linear(self, weight: Tensor, bias: Tensor) -> None:
        """Let the linear way to standardized log-mels begin so: [bands, latent], [bands]."""
        self.direct_mel.weight.copy_(weight)
        self.direct_mel.bias.copy_(bias)
        hold_back(self.to_mel)


def _seen(spectrum: Tensor) -> Tensor:
    """What the network sees of a spectrum [B, bins, T]: [B, T, 3 * bins]."""
    magnitude = spectrum.abs().clamp_min(1e-5)
    compressed = spectrum * magnitude ** (COMPRESSION - 1)
    level = (magnitude.log() - LOG_MEAN) / LOG_DEVIATION
    return torch.cat([level, compressed.real, compressed.imag], dim=1).transpose(1, 2)
