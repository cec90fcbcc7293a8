"""SNAC on a tiny random checkpoint: what its package itself gives, and what it refuses."""

from pathlib import Path

import pytest
import torch

from nscbench.codecs import CodecError, make
from nscbench.codecs.coding.tokens import read_indices, write_indices
from nscbench.codecs.noise import Noise
from nscbench.codecs.published.snac import Snac
from support.tiny_checkpoints import write_checkpoint

snac = pytest.importorskip("snac", reason="needs the extra `published`")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_checkpoint(tmp_path_factory.mktemp("snac"), "snac")


@pytest.fixture
def codec(folder):
    return make("snac", {"weights": folder})


def test_the_package_codes_the_same_on_the_same_noise(codec, folder, speech_like):
    audio = torch.from_numpy(speech_like(0.3, 24_000))
    (payload,) = codec.encode([audio])
    (signal,) = codec.decode([payload], Noise([7]))
    model = snac.SNAC.from_pretrained(folder)
    with torch.no_grad():
        codes = model.encode(audio[None, None])
        torch.manual_seed(7)
        expected = model.decode(codes)
    assert [len(c[0]) for c in codes] == [4, 8, 16]
    assert torch.equal(signal, expected.reshape(-1))


def test_a_frame_is_one_slow_index_then_two_then_four(codec, folder, speech_like):
    audio = torch.from_numpy(speech_like(0.3, 24_000))
    (payload,) = codec.encode([audio])
    slow, middle, fast = (c[0] for c in snac.SNAC.from_pretrained(folder).encode(audio[None, None]))
    indices = read_indices(payload, 7, 4096, None)
    assert torch.equal(indices[0], slow)
    assert torch.equal(indices[1:3].T.reshape(-1), middle)
    assert torch.equal(indices[3:].T.reshape(-1), fast)


def test_another_draw_is_another_signal(codec, speech_like):
    (payload,) = codec.encode([torch.from_numpy(speech_like(0.3, 24_000))])
    first, again, other = (codec.decode([payload], Noise([seed]))[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_other_networks_and_damaged_files_are_refused(tmp_path):
    audio = [torch.zeros(4096)]
    music = write_checkpoint(tmp_path, "snac", 1, vq_strides=[8, 4, 2, 1])
    with pytest.raises(CodecError, match="24000 Hz with 15 stages of 4096 entries every 4096"):
        make("snac", {"weights": music}).encode(audio)
    path = Path(write_checkpoint(tmp_path, "snac", 2)) / "pytorch_model.bin"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(CodecError, match="holds no SNAC that can be loaded"):
        make("snac", {"weights": str(path.parent)}).encode(audio)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "config.json").write_text('{"model_type": "mimi"}')
    (tmp_path / "other" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(CodecError, match="holds no SNAC"):
        make("snac", {"weights": str(tmp_path / "other")}).encode(audio)


def test_tokens_are_told_by_codebook_in_the_order_of_time():
    indices = torch.arange(21).reshape(3, 7).T  # three frames: one, two and four indices each
    tokens = Snac().tokens(write_indices(indices, 4096, None))
    assert [book.tolist() for book in tokens.codebooks] == [
        [0, 7, 14],
        [1, 2, 8, 9, 15, 16],
        [3, 4, 5, 6, 10, 11, 12, 13, 17, 18, 19, 20],
    ]
    assert (tokens.frames, tokens.entries) == (3, 4096)
    assert Snac().tokens(b"").frames == 0
