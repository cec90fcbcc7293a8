"""Speech without its voice, and the voice apart: what a waveform's diffusion runs beside.

A frame's features tell a log-mel, a pitch and a voicing. The log-mel's envelope, as the filter of
minimum phase that has it, makes speech flat, and gives it back its shape; the pitch gives pulses,
the voicing their share beside noise. So a denoiser works on signals of one level over time and
frequency, next to an excitation that has their periods.

The minimum phase matters: what is left of a vowel are pulses, all at about the same instants of the
period, where an envelope without phase leaves each harmonic its own.

Y. Koizumi et al., "SpecGrad: Diffusion Probabilistic Model based Neural Vocoder with Adaptive Noise
Spectral Shaping", Interspeech 2022. Y. Hono et al., "PeriodGrad: Towards Pitch-Controllable Neural
Vocoder Based on a Diffusion Probabilistic Model", ICASSP 2024.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .draws import DrawShape
from .excitation import excite
from .features import LOG_MEL_DEVIATION, LOG_MEL_MEAN, MelConfig, istft, stft
from .mel_projection import MelEnvelope, MelProjection
from .pitch import CLASSES, PER_FRAME, PitchClasses
from .precision import single_precision
from .source_filter import QUIET

RATE, N_FFT = 2, 640  # spectra a frame, samples of each
PASSES = 2  # of the mel projection
FAINTEST = 1e-6  # magnitude of an envelope


@dataclass(frozen=True)
class Told:
    """What features tell of a voice.

    Attributes:
        mel: log-mels [B, bands, k].
        pitch: logits of the classes [B, k * PER_FRAME, CLASSES].
        voicing: logits [B, k * PER_FRAME].
    """

    mel: Tensor
    pitch: Tensor
    voicing: Tensor


class Voice(nn.Module):
    """Heads on features [B, features, k], and what their log-mel and pitch make of signals."""

    window: Tensor

    def __init__(self, features: int, mel: MelConfig) -> None:
        super().__init__()
        self.config = mel
        self.to_mel = nn.Linear(features, mel.bands)
        self.to_pitch = nn.Linear(features, PER_FRAME * (CLASSES + 1))
        self.classes = PitchClasses()
        self.envelope = MelEnvelope(mel, N_FFT, RATE)
        self.projection = MelProjection(mel, PASSES)
        self.register_buffer("window", torch.hann_window(N_FFT), persistent=False)

    def tell(self, features: Tensor, guess: Tensor | None = None) -> Told:
        """What features tell; of the log-mel, what a guess [B, bands, k] lacks if there is one."""
        own = features.transpose(1, 2)
        with single_precision(features.device):
            mel = self.to_mel(own.float()).transpose(1, 2)
        mel = mel * LOG_MEL_DEVIATION + (LOG_MEL_MEAN if guess is None else guess)
        told = self.to_pitch(own).reshape(len(own), -1, CLASSES + 1)
        return Told(mel, told[..., :CLASSES], told[..., CLASSES])

    @torch.no_grad()
    def excitation(self, told: Told, draw: DrawShape, passed: Tensor | None = None) -> Tensor:
        """Flat pulses and noise [B, k * hop], at the voice's own pitch.

        Args:
            told: decides pitch and voicing.
            draw: gives the pulses' phase and the noise.
            passed: periods passed at every sample [B, k * hop], where real pulses are known.
        """
        hop = self.config.hop // PER_FRAME
        with single_precision(told.mel.device):
            log_f0 = self.classes.estimate(told.pitch)
            rate = self.config.sample_rate
            pulses, noise = excite(log_f0, rate, hop, draw, passed)
            share = torch.sigmoid(told.voicing.float())[:, None]
            share = F.interpolate(share, scale_factor=float(hop), mode="linear")[:, 0]
            mixed: Tensor = pulses * share.sqrt() + noise * (1 - QUIET * share)
        return mixed

    def flatten(self, audio: Tensor) -> Tensor:
        """Signals [B, k * hop] without the envelope of their own log-mels."""
        return self._through(audio, 1 / self._filter(self.projection.log_mel(audio)))

    def shape(self, flat: Tensor, mel: Tensor) -> Tensor:
        """Flat signals [B, k * hop] under the envelope of log-mels, projected onto these."""
        audio: Tensor = self.projection(self._through(flat, self._filter(mel)), mel)
        return audio

    def _filter(self, mel: Tensor) -> Tensor:
        return minimum_phase(self.envelope(mel))

    def _through(self, audio: Tensor, response: Tensor) -> Tensor:
        hop = self.config.hop // RATE
        spectrum = stft(audio, N_FFT, hop, self.window) * response
        return istft(spectrum, N_FFT, hop, self.window)


def minimum_phase(magnitude: Tensor) -> Tensor:
    """The responses of minimum phase [B, bins, T] with these magnitudes, by the cepstrum.

    A. Oppenheim and R. Schafer, "Discrete-Time Signal Processing", chapter on the complex cepstrum.
    """
    cepstrum = torch.fft.irfft(magnitude.clamp_min(FAINTEST).log(), dim=1)
    length = cepstrum.shape[1]
    causal = torch.zeros(length, 1, device=magnitude.device)
    causal[0] = 1
    causal[1 : length // 2] = 2
    causal[length // 2] = 1
    response: Tensor = torch.fft.rfft(cepstrum * causal, dim=1).exp()
    return response
