"""SEANet: EnCodec's convolutional encoder and decoder over samples.

Strided convolutions (kernels of twice the stride) between residual units, channels doubling with
every stage, LSTM layers with a skip at the frame rate; ELU; weight normalization. Non-causal, as
FunCodec's 16 kHz recipe: the suite measures codecs without a delay constraint.

Speech is faint beside the biases, and latents that hardly change from frame to frame would all have
one entry of a quantizer, from which nothing can be learned. So biases start at zero, and unlike in
the published encoder each channel of the latents may be normalized over the batch.

M. Tagliasacchi et al., "SEANet: A Multi-modal Speech Enhancement Network", Interspeech 2020.
A. Défossez et al., "High Fidelity Neural Audio Compression", TMLR 2023.
"""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Module:
    padding = (kernel - stride + 1) // 2
    conv = nn.Conv1d(inputs, outputs, kernel, stride, padding)
    assert conv.bias is not None
    nn.init.zeros_(conv.bias)
    normalized: nn.Module = weight_norm(conv)
    return normalized


class _Residual(nn.Module):
    """Bottleneck of half the channels beside a 1x1 convolution: [B, C, T] to [B, C, T]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.ELU(), _conv(channels, channels // 2, 3), nn.ELU(), _conv(channels // 2, channels, 1)
        )
        self.skip = _conv(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.skip(x) + self.branch(x)
        return y


class _Recurrent(nn.Module):
    """LSTM over frames, added to its input: [B, C, T] to [B, C, T]."""

    def __init__(self, channels: int, layers: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(channels, channels, layers, batch_first=True)
        for name, parameter in self.lstm.named_parameters():
            if "bias" in name:
                nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.lstm(x.transpose(1, 2))[0]
        return x + y.transpose(1, 2)


class _Upsample(nn.Module):
    """Transposed convolution that gives exactly `ratio` samples per input sample."""

    def __init__(self, inputs: int, outputs: int, ratio: int) -> None:
        super().__init__()
        self.excess = ratio
        conv = nn.ConvTranspose1d(inputs, outputs, 2 * ratio, ratio)
        assert conv.bias is not None
        nn.init.zeros_(conv.bias)
        self.conv = weight_norm(conv)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        left = self.excess // 2
        return y[..., left : y.shape[-1] - (self.excess - left)]


class SeanetEncoder(nn.Module):
    """Signals [B, k * hop] to latents [B, latent, k]; hop is the product of the ratios."""

    def __init__(
        self,
        filters: int,
        ratios: Sequence[int],
        latent: int,
        layers: int,
        normalized: bool = False,
    ) -> None:
        super().__init__()
        blocks: list[nn.Module] = [_conv(1, filters, 7)]
        channels = filters
        for ratio in reversed(ratios):
            blocks += [
                _Residual(channels),
                nn.ELU(),
                _conv(channels, 2 * channels, 2 * ratio, ratio),
            ]
            channels *= 2
        blocks += [_Recurrent(channels, layers), nn.ELU(), _conv(channels, latent, 7)]
        if normalized:
            blocks.append(nn.BatchNorm1d(latent, affine=False))
        self.body = nn.Sequential(*blocks)

    def forward(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.body(audio.unsqueeze(1))
        return latents


class SeanetDecoder(nn.Module):
    """Latents [B, latent, k] to signals [B, k * hop]."""

    def __init__(self, filters: int, ratios: Sequence[int], latent: int, layers: int) -> None:
        super().__init__()
        channels = filters * 2 ** len(ratios)
        blocks: list[nn.Module] = [_conv(latent, channels, 7), _Recurrent(channels, layers)]
        for ratio in ratios:
            blocks += [
                nn.ELU(),
                _Upsample(channels, channels // 2, ratio),
                _Residual(channels // 2),
            ]
            channels //= 2
        blocks += [nn.ELU(), _conv(channels, 1, 7)]
        self.body = nn.Sequential(*blocks)

    def forward(self, latents: Tensor) -> Tensor:
        audio: Tensor = self.body(latents)
        return audio.squeeze(1)
