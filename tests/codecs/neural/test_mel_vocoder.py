"""Mechanics of the quantized-mel codec and the mel oracle, with random weights."""

from pathlib import Path

import pytest
import torch

from nscbench.codecs.neural.mel_oracle import MelOracle
from nscbench.codecs.neural.mel_vocoder import MelVocoder
from nscbench.codecs.noise import Noise
from nscbench.codecs.weights.parts import VOCODER
from support.tiny_weights import write_weights


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("weights")
    return {
        "weights": write_weights(folder, "mel"),
        "vocoder": write_weights(folder, "vocoder"),
    }


@pytest.fixture
def batch() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [0.1 * torch.randn(n, generator=generator) for n in (0, 100, 7_000, 16_000)]


@pytest.mark.parametrize("kbps", [1.5, 3])
def test_batch_rate_and_length(files: dict[str, str], batch: list, kbps: float) -> None:
    codec = MelVocoder(kbps=kbps, **files)
    payloads = codec.encode(batch)
    assert payloads == [codec.encode([signal])[0] for signal in batch]
    assert 8 * len(payloads[3]) == pytest.approx(1000 * kbps, abs=8)
    for signal, decoded in zip(batch, codec.decode(payloads, Noise(range(4))), strict=True):
        assert len(signal) <= len(decoded) < len(signal) + 1_600


def test_oracle_is_the_vocoder_on_the_clean_mel(files: dict[str, str], batch: list) -> None:
    oracle = MelOracle(weights=files["vocoder"])
    payloads = oracle.encode(batch)
    assert len(payloads[3]) == 50 * 80 * 4
    network = MelVocoder(**files).network(VOCODER)
    with torch.inference_mode():
        expected = network(network.log_mel(batch[3][None]), torch.randn)[0]
    decoded = oracle.decode(payloads, Noise(range(4)))
    assert torch.equal(decoded[3], expected)
    assert len(decoded[0]) == 0


def test_fingerprint_names_both_files(files: dict[str, str], tmp_path: Path) -> None:
    codec = MelVocoder(**files)
    other = write_weights(tmp_path, "vocoder", seed=1)
    assert MelVocoder(weights=files["weights"], vocoder=other).fingerprint != codec.fingerprint
