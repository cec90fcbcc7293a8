"""Small models in the formats of the published weights that metrics load, with their signatures.

ONNX: SCOREQ's two modes, UTMOS and NISQA, with the names, shapes and dynamic axes of the published
files. `transformers`: a HuBERT recognizer and a WavLM x-vector, saved by the library, and their
state as the `pytorch_model.bin` of the years in which the published ones were made, with the small
files that stood beside it then.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file

KERNEL, STRIDE, CHANNELS = 400, 320, 8
LETTERS = "|ETAONIHSRDLUMWCFGYPBVK'XJQZ"
EXTRACTOR = {
    "do_normalize": True,
    "feature_extractor_type": "Wav2Vec2FeatureExtractor",
    "feature_size": 1,
    "padding_side": "right",
    "padding_value": 0,
    "return_attention_mask": True,
    "sampling_rate": 16_000,
}
CONVOLUTIONS = {
    "conv_dim": (8,) * 7,
    "hidden_size": 16,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}


def kernels():
    """Weights [channels, 400] and biases [channels] of the convolution that stands for encoders."""
    random = np.random.default_rng(1)
    weights = random.standard_normal((CHANNELS, KERNEL)).astype(np.float32)
    return weights, random.uniform(0.5, 1, CHANNELS).astype(np.float32)


def embedding(signal):
    """What SCOREQ's stand-in in reference mode makes of a signal [T], by NumPy."""
    weights, biases = kernels()
    frames = np.lib.stride_tricks.sliding_window_view(signal, KERNEL)[::STRIDE]
    pooled = np.maximum(0, frames @ weights.T + biases).mean(axis=0)
    return pooled / np.linalg.norm(pooled)


def write_stand_ins(folder: Path) -> Path:
    """Write every stand-in below a folder of weights; the folder."""
    for name in ("scoreq", "utmos", "nisqa"):
        (folder / name).mkdir(parents=True)
    onnx.save(_encoder("audio_input", "samples", 0), folder / "scoreq/fixed_nmr_telephone.onnx")
    onnx.save(_encoder("audio_input", "samples", 2), folder / "scoreq/adapt_nr_telephone.onnx")
    onnx.save(_encoder("wave", "time", 1), folder / "utmos/utmos22_strong.onnx")
    onnx.save(_segments(), folder / "nisqa/nisqa.onnx")
    _write_recognizer(folder / "hubert-large-ls960-ft")
    _write_speaker(folder / "wavlm-base-plus-sv")
    return folder


def _constant(name, value):
    return numpy_helper.from_array(np.asarray(value), name)


def _model(nodes, inputs, outputs, constants):
    graph = helper.make_graph(nodes, "stand_in", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def _encoder(name, axis, ratings):
    """[batch, samples] to unit vectors (no ratings), or ratings of 1 or 2 dimensions."""
    weights, biases = kernels()
    nodes = [
        helper.make_node("Unsqueeze", [name, "one"], ["wave_1"]),
        helper.make_node("Conv", ["wave_1", "weights", "biases"], ["frames"], strides=[STRIDE]),
        helper.make_node("Relu", ["frames"], ["active"]),
        helper.make_node("ReduceMean", ["active"], ["mean"], axes=[2], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["unit"], axis=1, p=2),
    ]
    constants = [
        _constant("one", np.array([1])),
        _constant("weights", weights[:, None]),
        _constant("biases", biases),
    ]
    output, shape = "unit", ["batch", CHANNELS]
    if ratings:
        head = np.linspace(1, 5, CHANNELS, dtype=np.float32)
        nodes.append(helper.make_node("MatMul", ["unit", "head"], ["mos_output"]))
        constants.append(_constant("head", head if ratings == 1 else head[:, None]))
        output, shape = "mos_output", ["batch", 1][:ratings]
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", axis])]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
    return _model(nodes, inputs, outputs, constants)


def _segments():
    """[batch, segments, 1, 48, 15] to the means of the first five bands, as ratings."""
    nodes = [
        helper.make_node("ReduceMean", ["segments"], ["bands"], axes=[1, 2, 4], keepdims=0),
        helper.make_node("MatMul", ["bands", "first"], ["ratings"]),
    ]
    shape = ["batch", "segments", 1, 48, 15]
    return _model(
        nodes,
        [helper.make_tensor_value_info("segments", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("ratings", TensorProto.FLOAT, ["batch", 5])],
        [_constant("first", np.eye(48, 5, dtype=np.float32))],
    )


def _write_recognizer(folder):
    from transformers import HubertConfig, HubertForCTC  # takes seconds

    torch.manual_seed(1)
    symbols = ["<pad>", "<s>", "</s>", "<unk>", *LETTERS]
    config = HubertConfig(
        vocab_size=len(symbols),
        pad_token_id=0,
        feat_extract_norm="layer",
        conv_bias=True,
        do_stable_layer_norm=True,
        **CONVOLUTIONS,
    )
    model = HubertForCTC(config).eval()
    with torch.no_grad():  # what all frames have in common out, so that their best symbols differ
        model.lm_head.bias -= model(torch.randn(1, 16_000)).logits.mean(dim=(0, 1))
    _save(model, folder)
    _write_json(folder / "vocab.json", {symbol: i for i, symbol in enumerate(symbols)})
    special = dict(zip(("pad_token", "bos_token", "eos_token", "unk_token"), symbols, strict=False))
    _write_json(folder / "special_tokens_map.json", special)
    words = {"do_lower_case": False, "word_delimiter_token": "|"}
    _write_json(folder / "tokenizer_config.json", special | words)
    _write_json(folder / "preprocessor_config.json", EXTRACTOR)


def _write_speaker(folder):
    from transformers import WavLMConfig, WavLMForXVector

    torch.manual_seed(2)
    config = WavLMConfig(
        use_weighted_layer_sum=True,
        tdnn_dim=(16, 16, 16, 16, 32),
        xvector_output_dim=32,
        **CONVOLUTIONS,
    )
    _save(WavLMForXVector(config), folder)
    _write_json(folder / "preprocessor_config.json", EXTRACTOR)


def _write_json(path, content):
    path.write_text(json.dumps(content))


def _save(model, folder):
    """By the library, then its state in the older format, under the names of weight norm's."""
    model.save_pretrained(folder)
    saved = folder / "model.safetensors"
    old = {"parametrizations.weight.original0": "weight_g"}
    old["parametrizations.weight.original1"] = "weight_v"
    state = {}
    for name, tensor in load_file(saved).items():
        for new, before in old.items():
            name = name.replace(new, before)
        state[name] = tensor
    torch.save(state, folder / "pytorch_model.bin")
    saved.unlink()
