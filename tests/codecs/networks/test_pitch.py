import math

import numpy as np
import pytest
import torch

from nscbench.codecs.networks.pitch import (
    CLASSES,
    HIGHEST,
    LOWEST,
    PER_FRAME,
    PitchClasses,
    PitchNetwork,
    bridge,
)


def test_estimates_are_the_pitch_of_soft_labels_within_a_cent():
    classes = PitchClasses()
    log_f0 = torch.linspace(math.log2(LOWEST * 1.05), math.log2(HIGHEST / 1.05), 500)[None]
    told = classes.estimate(classes.targets(log_f0).log())
    assert (told - log_f0).abs().max() * 1200 < 1


def test_loss_is_least_at_the_label_and_ignores_unvoiced_places():
    classes = PitchClasses()
    labels = torch.tensor([[120.0, 0.0, 240.0]])
    right = classes.targets(labels.clamp_min(1).log2()).clamp_min(1e-9).log()
    wrong = right.roll(20, dims=-1)
    assert classes.loss(right, labels) < classes.loss(wrong, labels)
    spoilt = right.clone()
    spoilt[0, 1] = torch.randn(CLASSES)
    assert torch.equal(classes.loss(spoilt, labels), classes.loss(right, labels))
    assert classes.loss(right, torch.zeros(1, 3)) == 0


def test_bridge_is_linear_interpolation_of_the_voiced_places():
    labels = torch.tensor([[0.0, 0.0, 100.0, 0.0, 0.0, 200.0, 210.0, 0.0]])
    voiced = np.flatnonzero(labels[0].numpy())
    expected = np.interp(np.arange(8), voiced, np.log2(labels[0].numpy()[voiced]))
    assert bridge(labels)[0].numpy() == pytest.approx(expected, abs=1e-5)


def test_bridge_without_any_voiced_place():
    assert bridge(torch.zeros(1, 4)).tolist() == [[pytest.approx(math.log2(150))] * 4]


def test_network_tells_pitch_and_voicing_twice_a_frame():
    pitch, voicing = PitchNetwork(bands=80, dim=16, depth=1)(torch.randn(2, 80, 7))
    assert pitch.shape == (2, 7 * PER_FRAME, CLASSES)
    assert voicing.shape == (2, 7 * PER_FRAME)
