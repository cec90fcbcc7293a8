"""The mel codec's shapes."""

import torch

from nscbench.codecs.networks.mel_autoencoder import MelCodec, MelCodecConfig


def test_mel_codec_shapes() -> None:
    codec = MelCodec(MelCodecConfig(dim=16, encoder_depth=1, decoder_depth=1)).eval()
    mel = codec.log_mel(torch.zeros(1, 7 * 320))
    indices = codec.encode(mel, 3)
    assert indices.shape == (1, 3, 7)
    assert codec.decode(indices).shape == mel.shape == (1, 80, 7)
