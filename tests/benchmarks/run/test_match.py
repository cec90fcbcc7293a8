import numpy as np

from nscbench.benchmarks.run.match import signature, swapped


def syllables(seed, seconds=4.0, rate=16_000):
    """Noise bursts at random times: an envelope of its own for every seed."""
    random = np.random.default_rng(seed)
    envelope = np.repeat(random.random(round(seconds * 8)) ** 2, rate // 8)
    return envelope * random.normal(size=len(envelope)) * 0.1


def test_own_reference_is_recognized_after_noise_gain_and_delay():
    clean = {str(i): syllables(i) for i in range(12)}
    noise = np.random.default_rng(99)
    coded = {
        item: 0.5 * np.roll(signal, 160) + 0.005 * noise.normal(size=len(signal))
        for item, signal in clean.items()
    }
    references = {item: signature(signal, 16_000) for item, signal in clean.items()}
    degraded = {item: signature(signal, 16_000) for item, signal in coded.items()}
    assert swapped(references, degraded) == {}


def test_swapped_items_are_named():
    references = {str(i): signature(syllables(i), 16_000) for i in range(12)}
    degraded = dict(references, **{"3": references["7"], "7": references["3"]})
    assert swapped(references, degraded) == {"3": "7", "7": "3"}


def test_noise_is_not_called_a_swap():
    references = {str(i): signature(syllables(i), 16_000) for i in range(12)}
    noise = np.random.default_rng(5)
    degraded = {item: signature(0.05 * noise.normal(size=64_000), 16_000) for item in references}
    assert swapped(references, degraded) == {}


def test_signals_are_not_alike_because_they_end_together():
    references = {str(i): signature(syllables(i, 1.0 + i % 3), 16_000) for i in range(24)}
    noise = np.random.default_rng(6)
    degraded = {
        str(i): signature(0.05 * noise.normal(size=16_000 * (1 + i % 3)), 16_000) for i in range(24)
    }
    assert swapped(references, degraded) == {}


def test_silence_short_and_empty_signals_have_signatures():
    for signal in (np.zeros(64_000), np.zeros(100), np.zeros(0), syllables(1, 1.0)):
        assert len(signature(signal, 16_000)) == 172
