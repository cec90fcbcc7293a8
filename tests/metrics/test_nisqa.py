"""NISQA's spectrogram against librosa's, its segments, and its network's input and output."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from nscbench.metrics.machinery import checkpoint
from nscbench.metrics.machinery.nisqa_network import NAMES, Nisqa
from nscbench.metrics.nisqa import METRIC, mel_spectrogram, segments

weight_stand_ins = pytest.importorskip("support.weight_stand_ins")

# Of `closed_form["clean"]`, by librosa 0.11.0 with the settings of the published weights:
#   S = librosa.feature.melspectrogram(
#       y=clean, sr=16000, n_fft=4096, hop_length=160, win_length=320, window="hann", center=True,
#       pad_mode="reflect", power=1.0, n_mels=48, fmin=0.0, fmax=20e3, htk=False, norm="slaney")
#   librosa.amplitude_to_db(S, ref=1.0, amin=1e-4, top_db=80.0)
LIBROSA = {
    (0, 0): -25.153730935866538,
    (0, 10): -3.0577550296021423,
    (5, 17): -14.489627967897116,
    (12, 100): -49.76357462922734,
    (20, 150): -72.34398034621223,  # 80 dB below the largest
    (30, 299): -32.328905974197056,
    (33, 210): -72.34398034621223,
    (47, 300): -72.34398034621223,  # above half the rate
}


def test_the_spectrogram_is_librosas(closed_form):
    found = mel_spectrogram(closed_form["clean"])
    assert found.shape == (48, 301)
    for place, level in LIBROSA.items():
        assert found[place] == pytest.approx(level, abs=1e-5)
    assert found.mean() == pytest.approx(-53.1604585378938, abs=1e-5)


def test_segments_are_15_frames_every_4():
    levels = np.arange(48 * 32, dtype=np.float64).reshape(48, 32)
    cut = segments(levels)
    assert cut.shape == (1, 5, 1, 48, 15)  # frames 0, 4, 8, 12, 16 of 32 - 14
    np.testing.assert_array_equal(cut[0, 4, 0], levels[:, 16:31])


def test_the_ratings_are_in_the_published_order(stand_ins, monkeypatch, tmp_path, closed_form):
    """With two of the five raters exchanged in the file, these two columns are exchanged."""
    values = METRIC.score(closed_form["clean"], closed_form["muffled"])
    assert list(values) == [
        "nisqa", "nisqa_noisiness", "nisqa_discontinuity", "nisqa_coloration", "nisqa_loudness",
    ]  # fmt: skip
    assert len(set(values.values())) == 5
    assert set(METRIC.directions.values()) == {"higher"}
    state = weight_stand_ins.nisqa_state()
    other = {re.sub(r"pool_layers\.([12])", exchanged, name): t for name, t in state.items()}
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    (tmp_path / "nisqa").mkdir()
    torch.save({"model_state_dict": other}, tmp_path / "nisqa" / "nisqa.tar")
    again = METRIC.score(closed_form["clean"], closed_form["muffled"])
    assert again["nisqa_noisiness"] == values["nisqa_discontinuity"]
    assert again["nisqa_discontinuity"] == values["nisqa_noisiness"]
    assert again["nisqa"] == values["nisqa"]


def exchanged(found):
    return "pool_layers.2" if found[1] == "1" else "pool_layers.1"


def test_the_network_is_the_published_one_by_its_definition():
    """The same tensors through the formulas of the paper, without any module of ours."""
    state = weight_stand_ins.nisqa_state()
    segments_ = torch.randn((1, 7, 1, 48, 15), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        found = checkpoint.filled(Nisqa(), state, NAMES)(segments_)
        torch.testing.assert_close(found, by_definition(state, segments_[0]), rtol=1e-4, atol=1e-4)


def by_definition(state, x):
    """Five ratings [1, 5] of segments [N, 1, 48, 15]."""
    pools = {1: (24, 7), 2: (12, 5), 4: (6, 3)}
    for n in range(1, 7):
        weights, biases = (state[f"cnn.model.conv{n}.{kind}"] for kind in ("weight", "bias"))
        x = F.conv2d(x, weights, biases, padding=(1, 0 if n == 6 else 1))
        norm = {k: state[f"cnn.model.bn{n}.{k}"] for k in ("running_mean", "running_var")}
        scale = [state[f"cnn.model.bn{n}.{k}"] for k in ("weight", "bias")]
        x = F.relu(F.batch_norm(x, norm["running_mean"], norm["running_var"], *scale))
        x = F.adaptive_max_pool2d(x, pools[n]) if n in pools else x
    x = linear(state, "time_dependency.model.linear", x.flatten(1))
    x = layer_norm(state, "time_dependency.model.norm1", x)
    for layer in (f"time_dependency.model.layers.{n}" for n in (0, 1)):
        q, k, v = F.linear(
            x, state[f"{layer}.self_attn.in_proj_weight"], state[f"{layer}.self_attn.in_proj_bias"]
        ).chunk(3, dim=1)
        mixed = (q @ k.T / 8).softmax(dim=1) @ v  # one head of 64
        mixed = linear(state, f"{layer}.self_attn.out_proj", mixed)
        x = layer_norm(state, f"{layer}.norm1", x + mixed)
        wide = F.relu(linear(state, f"{layer}.linear1", x))
        x = layer_norm(state, f"{layer}.norm2", x + linear(state, f"{layer}.linear2", wide))
    ratings = []
    for pool in (f"pool_layers.{n}.model" for n in range(5)):
        weights = linear(state, f"{pool}.linear2", F.relu(linear(state, f"{pool}.linear1", x)))
        ratings.append(linear(state, f"{pool}.linear3", weights.softmax(dim=0).T @ x))
    return torch.cat(ratings, dim=1)


def linear(state, name, x):
    return F.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])


def layer_norm(state, name, x):
    return F.layer_norm(x, x.shape[-1:], state[f"{name}.weight"], state[f"{name}.bias"])
