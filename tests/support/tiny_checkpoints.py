"""Random weights of tiny networks of published codecs, saved by transformers itself.

Their sampling rates, frames, codebooks and stages are those of the published checkpoints.
"""

from pathlib import Path

import torch

DAC = {"encoder_hidden_size": 4, "decoder_hidden_size": 64, "codebook_dim": 4}


SPREAD = {"Encodec": 1e-3, "Dac": 1.0, "Mimi": 1.0, "Xcodec": 1.0}  # of the codebooks' entries


def write_checkpoint(folder: Path, name: str, seed: int = 0, **changes) -> str:
    """Path of a checkpoint of the codec `name`; `changes` go to its configuration."""
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
    torch.manual_seed(seed)
    network = getattr(library, f"{kind}Model")(config)
    for key, tensor in network.state_dict().items():
        if key.endswith(("codebook.embed", "codebook.embed_sum")):  # they are born as zeros
            tensor.normal_(std=SPREAD[kind])
        elif name == "encodec" and key.startswith("encoder") and "bias" in key:
            tensor.zero_()  # or all frames were one constant
    target = folder / f"{name}-{seed}"
    network.save_pretrained(target)
    return str(target)
