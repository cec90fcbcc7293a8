"""Small models in the formats of the published weights that metrics load, with their signatures.

ONNX: SCOREQ's two modes and UTMOS, with the names, shapes and dynamic axes of the published files.
torch: NISQA's network with random weights under the published names, and for DNSMOS Pro a
TorchScript file that gives mean and variance. `transformers`: a HuBERT recognizer and a WavLM
x-vector, saved by the library, and their state as the `pytorch_model.bin` of the years in which the
published ones were made, with the small files that stood beside it then.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file

from nscbench.metrics.machinery.nisqa_network import NAMES, Nisqa

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
    for name in ("scoreq", "utmos", "nisqa", "dnsmospro"):
        (folder / name).mkdir(parents=True)
    onnx.save(_encoder("audio_input", "samples", 0), folder / "scoreq/fixed_nmr_telephone.onnx")
    onnx.save(_encoder("audio_input", "samples", 2), folder / "scoreq/adapt_nr_telephone.onnx")
    onnx.save(_encoder("wave", "time", 1), folder / "utmos/utmos22_strong.onnx")
    torch.save({"args": {}, "model_state_dict": nisqa_state()}, folder / "nisqa/nisqa.tar")
    _write_mean_and_variance(folder / "dnsmospro/model_best.pt")
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


def nisqa_state():
    """Tensors of NISQA's network by published name, random and the same at every call."""
    state = Nisqa().state_dict()
    random = torch.Generator().manual_seed(3)
    theirs = {ours: published for published, ours in NAMES.items()}
    named = {}
    for name, tensor in state.items():
        start = next(start for start in theirs if name.startswith(start))
        numbers = torch.randn(tensor.shape, generator=random) / tensor.shape[1:].numel() ** 0.5
        if name.endswith("running_var"):
            numbers = numbers.abs() + 0.5
        named[theirs[start] + name[len(start) :]] = numbers.to(tensor.dtype)
    return named


class _MeanAndVariance(torch.nn.Module):
    """Of log spectra [B, 1, F, 161]: mean of the first half of the bins, and a variance of 0.25."""

    def forward(self, spectra: torch.Tensor) -> torch.Tensor:
        mean = spectra[..., :80].mean(dim=[1, 2, 3])
        return torch.stack([mean, torch.full_like(mean, 0.25)], dim=1)


def _write_mean_and_variance(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # DNSMOS Pro is published so
        torch.jit.script(_MeanAndVariance()).save(str(path))


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
