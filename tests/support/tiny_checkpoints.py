"""Random weights of tiny networks of published codecs, in the format of the published ones.

Those of transformers are saved by it; SNAC's as its own loader reads them; NanoCodec's under the
names of NeMo, with the weights of convolutions as norms and directions. Their sampling rates,
frames, codebooks and stages are those of the published checkpoints.
"""

import json
from pathlib import Path

import torch

DAC = {"encoder_hidden_size": 4, "decoder_hidden_size": 64, "codebook_dim": 4}


SPREAD = {"Encodec": 1e-3, "Dac": 1.0, "Mimi": 1.0, "Xcodec": 1.0}  # of the codebooks' entries


def write_checkpoint(folder: Path, name: str, seed: int = 0, **changes) -> str:
    """Path of a checkpoint of the codec `name`; `changes` go to its configuration."""
    torch.manual_seed(seed)
    target = folder / f"{name}-{seed}"
    target.mkdir(parents=True, exist_ok=True)
    write = {"snac": _write_snac, "nanocodec": _write_nanocodec}.get(name)
    if write:
        write(target, **changes)
    else:
        _write_transformers(target, name, changes)
    return str(target)


def _write_snac(target, **changes):
    from snac import SNAC

    config = {
        "sampling_rate": 24_000,
        "encoder_dim": 4,
        "encoder_rates": [2, 4, 8, 8],
        "decoder_dim": 32,
        "decoder_rates": [8, 8, 4, 2],
        "attn_window_size": None,
        "codebook_size": 4096,
        "codebook_dim": 8,
        "vq_strides": [4, 2, 1],
        "noise": True,
        "depthwise": True,
    } | changes
    network = SNAC(**config)
    _follow_the_signal(network.encoder, network.quantizer)
    (target / "config.json").write_text(json.dumps(config))
    torch.save(network.state_dict(), target / "pytorch_model.bin")


def _follow_the_signal(*modules):
    """Without biases, which would make all frames one constant."""
    with torch.no_grad():
        for module in modules:
            for name, tensor in module.named_parameters():
                if name.endswith("bias"):
                    tensor.zero_()


def _write_nanocodec(target):
    from nanocodec_torch import AudioCodecModel
    from safetensors.torch import save_file

    encoder = {"down_sample_rates": [2, 3, 6, 7, 7], "base_channels": 2}
    decoder = {"up_sample_rates": [7, 7, 6, 3, 2], "base_channels": 32}
    network = AudioCodecModel(22_050, encoder, decoder)
    _follow_the_signal(network.audio_encoder)
    with torch.no_grad():  # so that latent numbers spread over their levels
        spread = network.audio_encoder(torch.randn(1, 1, 17_640) / 10)[0].std()
        network.audio_encoder.post_conv.conv.weight /= spread
    tensors = {}
    for name, tensor in network.named_parameters():
        owner, _, kind = name.rpartition(".")
        if kind == "alpha":
            tensors[f"{owner}.activation.snake_act.alpha"] = tensor.detach()
            continue
        if "up_sample" in name:
            owner = f"{owner}.conv"
            tensor = torch.randn_like(tensor) / 10  # they are born as zeros
            if kind == "weight":
                tensor = tensor.transpose(1, 2)
        if kind == "weight":
            norm = tensor.detach().flatten(1).norm(dim=1)[:, None, None]
            tensors[f"{owner}.parametrizations.weight.original0"] = norm
            tensors[f"{owner}.parametrizations.weight.original1"] = tensor.detach().contiguous()
        else:
            tensors[f"{owner}.bias"] = tensor.detach()
    save_file(tensors, target / "model.safetensors")


def _write_transformers(target, name, changes):
    import transformers as library

    ratios = {"downsampling_ratios": [2, 4, 5, 8]}
    dac_16k = {**DAC, **ratios, "n_codebooks": 12, "sampling_rate": 16_000}
    dac_24k = {**DAC, **ratios, "n_codebooks": 32, "sampling_rate": 24_000}
    attention = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    hubert = {**attention, "hidden_size": 16, "conv_dim": [16] * 7}
    positions = {"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
    kind, settings = {
        "encodec": ("Encodec", {"num_filters": 4, "hidden_size": 16}),
        "dac-16k": ("Dac", dac_16k),
        "dac-24k": ("Dac", dac_24k),
        "mimi": (
            "Mimi",
            {
                **attention,
                "hidden_size": 64,
                "num_key_value_heads": 2,
                "num_filters": 16,
                "codebook_dim": 16,
                "vector_quantization_hidden_dimension": 16,
                "upsample_groups": 64,
            },
        ),
        "xcodec": (
            "Xcodec",
            {
                "acoustic_model_config": {
                    "model_type": "dac",
                    **DAC,
                    "downsampling_ratios": [8, 5, 4, 2],
                    "hidden_size": 16,
                },
                "semantic_model_config": {"model_type": "hubert", **hubert, **positions},
            },
        ),
    }[name]
    config = getattr(library, f"{kind}Config")(**(settings | changes))
    network = getattr(library, f"{kind}Model")(config)
    for key, tensor in network.state_dict().items():
        if key.endswith(("codebook.embed", "codebook.embed_sum")):  # they are born as zeros
            tensor.normal_(std=SPREAD[kind])
        elif name == "encodec" and key.startswith("encoder") and "bias" in key:
            tensor.zero_()  # or all frames were one constant
    network.save_pretrained(target)
