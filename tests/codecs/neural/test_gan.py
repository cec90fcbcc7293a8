"""Mechanics of the GAN baseline and its oracle, with random weights."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nscbench.codecs import CodecError
from nscbench.codecs.bitstream import BitstreamError, check_weights, header_for
from nscbench.codecs.neural.gan import Gan
from nscbench.codecs.neural.gan_oracle import GanOracle
from nscbench.codecs.noise import Noise
from nscbench.codecs.weights.parts import GAN
from support.tiny_weights import write_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_weights(tmp_path_factory.mktemp("weights"), "gan")


def signals(*lengths: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [0.1 * torch.randn(length, generator=generator) for length in lengths]


@pytest.mark.parametrize(("kbps", "stages"), [(1.5, 3), (3, 6), (6, 12)])
def test_rate_is_exact(weights: str, kbps: float, stages: int) -> None:
    codec = Gan(kbps=kbps, weights=weights)
    (payload,) = codec.encode(signals(16_000))
    assert codec.stages == stages
    assert 8 * len(payload) == pytest.approx(kbps * 1000, abs=8)


def test_batch_gives_the_bits_of_its_items(weights: str) -> None:
    codec = Gan(weights=weights)
    batch = signals(5_000, 9_111, 16_000)
    together = codec.encode(batch)
    assert together == [codec.encode([signal])[0] for signal in batch]
    decoded = codec.decode(together, Noise([0, 1, 2]))
    for payload, signal in zip(together, decoded, strict=True):
        assert torch.equal(codec.decode([payload], Noise([0]))[0], signal)


@pytest.mark.parametrize("samples", [0, 1, 160, 320, 641, 3_999])
def test_lengths(weights: str, samples: int) -> None:
    for codec in (Gan(weights=weights), GanOracle(weights=weights)):
        (decoded,) = codec.decode(codec.encode(signals(samples)), Noise([0]))
        assert samples <= len(decoded) < samples + 1_600
        assert decoded.isfinite().all()


def test_a_low_rate_is_searched_for_by_itself(weights: str) -> None:
    """Its entries are nearer to the latents than the first ones of a high rate."""
    codec = Gan(kbps=1.5, weights=weights)
    audio = signals(32_000)[0][None]
    network = codec.network(GAN)
    latents, quantizer = network.latents(audio), network.quantizer
    low, high = codec.tokenize(audio), Gan(kbps=6, weights=weights).tokenize(audio)
    errors = [
        (quantizer.decode(indices) - latents).square().mean() for indices in (low, high[:, :3])
    ]
    assert errors[0] < errors[1]


def test_range_coded_stream_decodes_to_the_same_signal(weights: str) -> None:
    fixed, coded = Gan(weights=weights), Gan(weights=weights, coding="range")
    batch = signals(0, 1, 16_000)
    plain, packed = fixed.encode(batch), coded.encode(batch)
    expected = fixed.decode(plain, Noise([0, 1, 2]))
    for ours, theirs in zip(coded.decode(packed, Noise([0, 1, 2])), expected, strict=True):
        assert torch.equal(ours, theirs)
    bits = fixed.entropy_bits(plain[2])
    assert bits == coded.entropy_bits(packed[2])
    assert bits < 8 * len(packed[2]) < bits + 64
    with pytest.raises(BitstreamError):
        coded.decode([packed[2][:-7]], Noise([0]))


def test_payload_of_no_whole_frame_is_refused(weights: str) -> None:
    with pytest.raises(BitstreamError, match="60 bits"):
        Gan(weights=weights).decode([bytes(13)], Noise([0]))
    with pytest.raises(BitstreamError, match="whole frames"):
        GanOracle(weights=weights).decode([bytes(13)], Noise([0]))


def test_other_weights_are_refused_by_name(weights: str, tmp_path: Path) -> None:
    codec = Gan(weights=weights)
    other = Gan(weights=write_weights(tmp_path, "gan", seed=1))
    with pytest.raises(BitstreamError, match=other.fingerprint[:16]):
        check_weights(header_for(codec, 100), other)


@pytest.mark.slow  # the contract has it of every codec with embedded weights
def test_another_process_decodes_the_same(weights: str) -> None:
    codec = Gan(weights=weights)
    (payload,) = codec.encode(signals(4_000))
    code = (
        "from nscbench.codecs.neural.gan import Gan; from nscbench.codecs.noise import Noise;"
        f"x = Gan(weights={weights!r}).decode([bytes.fromhex({payload.hex()!r})], Noise([0]))[0];"
        "print(x.numpy().tobytes().hex())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    (decoded,) = codec.decode([payload], Noise([0]))
    assert result.stdout.strip() == decoded.numpy().tobytes().hex()


def test_oracle_sends_the_latent_itself(weights: str) -> None:
    oracle = GanOracle(weights=weights)
    (payload,) = oracle.encode(signals(3_200))
    assert len(payload) == 10 * 8 * 4  # frames, latent, bytes of a float
    assert (oracle.kind, oracle.nominal_kbps, oracle.condition) == ("oracle", 0.0, "gan-oracle")


def test_refused_settings(weights: str) -> None:
    with pytest.raises(CodecError, match=r"1\.5, 3, 6"):
        Gan(kbps=2)
    with pytest.raises(CodecError, match="fixed, range"):
        Gan(coding="huffman")  # type: ignore[arg-type]
