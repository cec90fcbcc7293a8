"""NanoCodec on a tiny random checkpoint: what its package itself gives, and what it refuses."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from nscbench.codecs import CodecError, make
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.coding.tokens import read_indices, write_indices
from nscbench.codecs.noise import Noise
from support.tiny_checkpoints import write_checkpoint

nanocodec = pytest.importorskip("nanocodec_torch", reason="needs the extra `published`")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_checkpoint(tmp_path_factory.mktemp("nanocodec"), "nanocodec")


@pytest.fixture
def codec(folder):
    return make("nanocodec", {"weights": folder})


def test_the_package_codes_the_same(codec, folder, speech_like):
    from nanocodec_torch.utils import load_safetensors_weights

    audio = torch.from_numpy(speech_like(0.4, 22_050))
    (payload,) = codec.encode([audio])
    (signal,) = codec.decode([payload], Noise([1]))
    encoder = {"down_sample_rates": [2, 3, 6, 7, 7], "base_channels": 2}
    decoder = {"up_sample_rates": [7, 7, 6, 3, 2], "base_channels": 32}
    model = nanocodec.AudioCodecModel(22_050, encoder, decoder)
    load_safetensors_weights(model, f"{folder}/model.safetensors", verbose=False)
    with torch.no_grad():
        tokens, _ = model.encode(audio[None, None])
        expected, _ = model.decode(tokens)
    assert torch.equal(read_indices(payload, 4, 4032, None), tokens[0].long())
    assert len(tokens[0].unique()) > 10
    assert torch.equal(signal, expected.reshape(-1))
    assert signal.std() > 0


def test_an_index_of_no_entry_is_refused(codec):
    """Twelve bits hold 4096 values, four numbers of 9, 8, 8 and 7 levels only 4032."""
    good = torch.full((4, 2), 4031)
    assert len(codec.decode([write_indices(good, 4032, None)], Noise([1]))[0]) == 2 * 1764
    good[3, 1] = 4032
    with pytest.raises(BitstreamError, match="an index is 4032; there are 4032 entries"):
        codec.decode([write_indices(good, 4032, None)], Noise([1]))


@pytest.mark.parametrize("lost", ["pre_conv.conv.bias", "skip_conv", "snake_act.alpha"])
def test_incomplete_files_are_refused(tmp_path, lost):
    path = Path(write_checkpoint(tmp_path, "nanocodec", 1)) / "model.safetensors"
    tensors = load_file(path)
    save_file({name: tensor for name, tensor in tensors.items() if lost not in name}, path)
    with pytest.raises(CodecError, match="holds no NanoCodec|lacks 96 tensors"):
        make("nanocodec", {"weights": str(path.parent)}).encode([torch.zeros(1764)])


def test_damaged_files_are_refused(tmp_path):
    path = Path(write_checkpoint(tmp_path, "nanocodec", 2)) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(CodecError, match="holds no NanoCodec that can be loaded"):
        make("nanocodec", {"weights": str(path.parent)}).encode([torch.zeros(1764)])
