"""The order of what is played and its envelope, with a network that gives a constant.

Where no packet has come yet the floor is silence, comfort noise is zero, and a fade is the raised
cosine alone.
"""

import numpy as np
import pytest

from nscbench.codecs.published.lyra_concealment import FEATURES, Receiver
from nscbench.codecs.published.lyra_noise import ComfortNoise, NoiseFloor

HOP = 320
LEVEL = 10_000
OUT = (1 + np.cos(np.pi * np.arange(2 * HOP) / (2 * HOP))) / 2
BACK = (1 - np.cos(np.pi * np.arange(2 * HOP) / (2 * HOP))) / 2


class Network:
    """Gives `LEVEL`, and remembers of every call whether the features were zero."""

    def __init__(self):
        self.zero = []

    def __call__(self, features):
        assert features.shape == (FEATURES,)
        self.zero.append(not features.any())
        return np.full(HOP, float(LEVEL))


def played(pattern):
    """Frames [N, 320] for a pattern such as "..xx": x never came; and the network."""
    network = Network()
    lost = np.array([letter == "x" for letter in pattern])
    features = [np.zeros(0) if gone else np.ones(FEATURES) for gone in lost]
    signal = Receiver(network).receive(features, lost)
    assert signal.dtype == np.int16
    return signal.reshape(-1, HOP), network


def close(samples, expected):
    """Are the whole samples the expected ones without their fractions?"""
    return np.abs(samples - expected).max() <= 1


def second_frame_back():
    """After eight losses at the start and one packet: the floor is what this packet left."""
    floor, comfort = NoiseFloor(), ComfortNoise()
    for _ in range(5):  # frames 4 to 8
        assert not comfort(floor.estimate).any()
    floor.hear(np.full(HOP, float(LEVEL)))
    return LEVEL * BACK[HOP:] + (1 - BACK[HOP:]) * comfort(floor.estimate)


def test_without_loss_it_is_what_the_network_gives():
    frames, network = played("....")
    assert (frames == LEVEL).all()
    assert network.zero == [False] * 4


def test_up_to_80_ms_the_network_goes_on_with_zero_features():
    frames, network = played("..xxxx..")
    assert (frames == LEVEL).all()
    assert network.zero == [False] * 2 + [True] * 4 + [False] * 2


def test_40_ms_of_fade_then_comfort_noise_alone():
    frames, network = played("x" * 12)
    assert (frames[:4] == LEVEL).all()
    assert close(frames[4:6].reshape(-1), LEVEL * OUT)
    assert not frames[6:].any()
    assert network.zero == [True] * 6  # then it rests


def test_packets_fade_back_in_40_ms():
    frames, network = played("x" * 8 + "....")
    assert network.zero == [True] * 6 + [False] * 4
    assert close(frames[8], LEVEL * BACK[:HOP])
    assert close(frames[9], second_frame_back())
    assert (frames[10:] == LEVEL).all()


def test_packet_within_the_fade_turns_it_round():
    frames, _ = played("xxxxx.")
    assert close(frames[4], LEVEL * OUT[:HOP])
    assert close(frames[5], LEVEL * BACK[HOP:])


def test_loss_within_the_fade_back_goes_on_with_it():
    frames, network = played("x" * 8 + ".xx")
    assert network.zero[-3:] == [False, True, True]
    assert close(frames[9], second_frame_back())
    assert (frames[10] == LEVEL).all()


@pytest.mark.parametrize("before", [10, 60])
def test_comfort_noise_has_the_level_of_the_background(before):
    """A network that gives white noise of 100: after a loss, noise of that order, not silence."""
    rng = np.random.default_rng(0)
    lost = np.arange(before + 20) >= before
    features = [np.ones(FEATURES)] * len(lost)
    signal = Receiver(lambda _: np.trunc(rng.normal(0, 100, HOP))).receive(features, lost)
    comfort = signal.reshape(-1, HOP)[before + 10 :]
    assert 25 < comfort.std() < 150
