"""Mechanics of the codecs without a trained vocoder, with a random mel codec."""

import pytest
import torch

from nscbench.codecs.neural.mel_untrained import CODECS
from nscbench.codecs.neural.mel_vocoder import MelVocoder
from nscbench.codecs.noise import Noise
from support.tiny_weights import write_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_weights(tmp_path_factory.mktemp("weights"), "mel")


@pytest.mark.parametrize("cls", CODECS)
def test_bytes_are_those_of_the_vocoder_codec(cls, weights: str):
    signals = [
        0.1 * torch.randn(n, generator=torch.Generator().manual_seed(0)) for n in (700, 4000)
    ]
    codec = cls(weights=weights)
    payloads = codec.encode(signals)
    assert payloads == MelVocoder(weights=weights, vocoder=weights).encode(signals)
    for signal, decoded in zip(signals, codec.decode(payloads, Noise([1, 2])), strict=True):
        assert len(signal) <= len(decoded) < len(signal) + 1_600
        assert decoded.isfinite().all()


@pytest.mark.parametrize("cls", CODECS)
def test_the_item_s_noise_decides_and_a_batch_is_its_items(cls, weights: str):
    codec = cls(weights=weights)
    payloads = codec.encode([0.1 * torch.randn(n) for n in (3000, 0, 5000)])
    together = codec.decode(payloads, Noise([1, 2, 3]))
    for seed, payload, signal in zip((1, 2, 3), payloads, together, strict=True):
        assert torch.equal(codec.decode([payload], Noise([seed]))[0], signal)
    assert not torch.equal(codec.decode(payloads[:1], Noise([4]))[0], together[0])
