"""Random weights of tiny networks, as files: for tests of mechanics."""

from pathlib import Path

import torch

from nscbench.codecs.coding.entropy import COUNTS
from nscbench.codecs.networks.codec import CodecConfig, NeuralCodec
from nscbench.codecs.networks.mel_autoencoder import MelCodec, MelCodecConfig
from nscbench.codecs.networks.source_filter import SourceFilterConfig
from nscbench.codecs.networks.vocoder import Vocoder, VocoderConfig
from nscbench.codecs.networks.weight_norm import folded_state
from nscbench.codecs.training.checkpoint import export_weights

SIZES = {"latent": 8, "dim": 16, "encoder_depth": 1, "decoder_depth": 1}


SOURCE_FILTER = CodecConfig(
    **SIZES,
    design="source-filter",
    source_filter=SourceFilterConfig(
        dim=16, depth=1, fine_dim=16, fine_depth=1, pitch_dim=8, pitch_depth=1, projections=1
    ),
)


def write_weights(folder: Path, component: str, seed: int = 0) -> str:
    """Path of a file of random weights; the codebooks are spread over the latents."""
    torch.manual_seed(seed)
    network = {
        "gan": lambda: NeuralCodec(CodecConfig(**SIZES)),
        "source-filter": lambda: NeuralCodec(SOURCE_FILTER),
        "mel": lambda: MelCodec(MelCodecConfig(**SIZES)),
        "vocoder": lambda: Vocoder(VocoderConfig(channels=16)),
    }[component]()
    tensors = folded_state(network)
    if component != "vocoder":
        codebooks = network.quantizer.codebooks
        codebooks.normal_()
        tensors[COUNTS] = torch.randint(0, 9, codebooks.shape[:2])
    path = folder / f"{component}-{seed}.safetensors"
    part = "gan" if component == "source-filter" else component
    export_weights(path, tensors, network.config, {"component": part})
    return str(path)
