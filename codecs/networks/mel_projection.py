"""What a log-mel says of a spectrum: its envelope, and what a signal lacks of it.

A projection multiplies every bin of a signal's spectrum by what its bands lack of a log-mel.

The gain of a bin is the difference of the two log-mels, interpolated between the bands' centres.
One pass does not end at the given log-mel, since bands overlap and so do frames; a few come near.
Phases stay as they are. It can be trained through.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...metrics.machinery.spectra import hz_to_mel, mel_to_hz
from .features import LogMel, MelConfig, istft, mel_filters, stft

LARGEST = 3.0  # of a gain's natural logarithm


class MelProjection(nn.Module):
    """Signals [B, k * hop] nearer to log-mels [B, bands, k], by `passes`."""

    bins: Tensor

    def __init__(self, config: MelConfig, passes: int) -> None:
        super().__init__()
        self.passes = passes
        self.log_mel = LogMel(config)
        self.register_buffer("bins", band_interpolation(config, config.n_fft), persistent=False)

    def forward(self, audio: Tensor, mel: Tensor) -> Tensor:
        c = self.log_mel.config
        for _ in range(self.passes):
            spectrum = stft(audio, c.n_fft, c.hop, self.log_mel.window)
            lacking = mel - self.log_mel.of_spectrum(spectrum)
            gain = (self.bins @ lacking).clamp(-LARGEST, LARGEST).exp()
            audio = istft(spectrum * gain, c.n_fft, c.hop, self.log_mel.window)
        return audio


class MelEnvelope(nn.Module):
    """Magnitudes [B, n_fft // 2 + 1, k * rate] that log-mels [B, bands, k] tell.

    White noise of unit variance whose spectrum is multiplied by them has about this log-mel.
    """

    bins: Tensor
    flat: Tensor

    def __init__(self, config: MelConfig, n_fft: int, rate: int) -> None:
        super().__init__()
        self.rate = rate
        self.register_buffer("bins", band_interpolation(config, n_fft), persistent=False)
        gain = torch.hann_window(config.n_fft).square().sum().sqrt()
        flat = torch.log(gain * mel_filters(config).sum(dim=1))[:, None]
        self.register_buffer("flat", flat, persistent=False)

    def forward(self, mel: Tensor) -> Tensor:
        between = F.interpolate(mel - self.flat, scale_factor=float(self.rate), mode="linear")
        return (self.bins @ between).exp()


def band_interpolation(config: MelConfig, n_fft: int) -> Tensor:
    """Matrix [n_fft // 2 + 1, bands]: values at the bands' centres, linear in between.

    Bins below the first centre and above the last one take that band's value.
    """
    low, high = hz_to_mel(np.array([config.fmin, config.fmax]))
    centres = mel_to_hz(np.linspace(low, high, config.bands + 2))[1:-1]
    bins = np.linspace(0, config.sample_rate / 2, n_fft // 2 + 1)
    columns = [np.interp(bins, centres, unit) for unit in np.eye(config.bands)]
    return torch.from_numpy(np.stack(columns, axis=1)).float()
