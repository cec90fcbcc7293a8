"""The mel cells' U-Net as PyTorch's modules run it: what the suite's own way is held against."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...codecs.networks.denoiser import LinearAttention, fill_frames
from ...codecs.networks.unet2d import Block, ResidualBlock, Stage, UNet2d


def run_unet2d(network: UNet2d, x: Tensor, t: Tensor, anchor: Tensor) -> Tensor:
    """Predictions [B, bands, k] for x and its anchor, of the same shape, at times t [B]."""
    time = network.time(t)
    y, skips = fill_frames(torch.stack([anchor, x], dim=1), network.multiple), []
    for i, stage in enumerate(network.down):
        y = _stage(stage, y, time)
        skips.append(y)
        if i < len(network.shrink):
            y = network.shrink[i](y)
    y = _attend(network.attention, _residual(network.middle[0], y, time))
    y = _residual(network.middle[1], y, time)
    for stage, grow in zip(network.up, network.grow, strict=True):
        y = grow(_stage(stage, torch.cat([y, skips.pop()], dim=1), time))
    block, last = network.exit
    prediction: Tensor = last(_block(block, y)).squeeze(1)
    return prediction[..., : x.shape[-1]]


def _stage(stage: nn.Module, x: Tensor, time: Tensor) -> Tensor:
    assert isinstance(stage, Stage)
    y = _residual(stage.second, _residual(stage.first, x, time), time)
    return _attend(stage.attention, y)


def _residual(block: nn.Module, x: Tensor, time: Tensor) -> Tensor:
    assert isinstance(block, ResidualBlock)
    y = _block(block.first, x) + block.time(time)[:, :, None, None]
    skip: Tensor = block.skip(x)
    return _block(block.second, y) + skip


def _block(block: nn.Module, x: Tensor) -> Tensor:
    assert isinstance(block, Block)
    y: Tensor = block[1](block[0](x))
    return F.mish(y)


def _attend(attention: LinearAttention, x: Tensor) -> Tensor:
    """Attention with queries, keys and values for every position."""
    flat = x.flatten(2)
    projected = attention.project(attention.norm(flat)).unflatten(1, (3, attention.heads, -1))
    query, key, value = projected.unbind(1)
    summary = key.softmax(dim=-1) @ value.transpose(-1, -2)
    y = attention.exit((summary.transpose(-1, -2) @ query).flatten(1, 2))
    attended: Tensor = flat + attention.scale * y
    return attended.view_as(x)
