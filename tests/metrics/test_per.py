"""Phone error rate: counted against what is heard in the reference."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from nscbench.metrics import per
from nscbench.metrics.base import Undefined


@pytest.fixture
def hears(monkeypatch):
    """A recognizer that hears phones by the first sample of a signal."""
    heard = {}

    class ASRModel:
        def transcribe_waveform(self, waveform, sample_rate):
            assert sample_rate == 16_000
            return SimpleNamespace(phonemes=heard[round(float(waveform[0]), 3)].split())

    module = ModuleType("hama")
    module.ASRModel = ASRModel
    monkeypatch.setitem(sys.modules, "hama", module)
    per._recognizer.cache_clear()
    per.phones.cache_clear()
    yield heard
    per._recognizer.cache_clear()
    per.phones.cache_clear()


def signal(number):
    return np.full(16_000, number)


def test_errors_by_kind_over_the_phones_of_the_reference(hears):
    hears[0.1] = "ð ə k æ t s æ t"
    hears[0.2] = "ə k æ p s æ t s"  # ð is lost, t became p, s is invented
    values = per.METRIC.score(signal(0.1), signal(0.2))
    assert values == {
        "per": 3 / 8,
        "per_substitutions": 1 / 8,
        "per_deletions": 1 / 8,
        "per_insertions": 1 / 8,
        "reference_phones": 8.0,
    }
    assert set(per.METRIC.denominators) == set(per.METRIC.directions)


def test_the_reference_against_itself_has_no_errors(hears):
    hears[0.1] = "k æ t"
    assert per.METRIC.score(signal(0.1), signal(0.1))["per"] == 0


def test_what_is_all_invented_is_more_than_one(hears):
    hears[0.1], hears[0.2] = "k", "ə k æ t s"
    assert per.METRIC.score(signal(0.1), signal(0.2))["per"] == 4


def test_a_reference_without_phones_has_no_rate(hears):
    hears[0.1] = ""
    with pytest.raises(Undefined, match="hears no phones in the reference"):
        per.METRIC.score(signal(0.1), signal(0.1))


def test_half_a_package_is_one_line(hears, monkeypatch):
    def broken():
        raise RuntimeError("libhama not\navailable")

    sys.modules["hama"].ASRModel = broken
    monkeypatch.setattr(per, "find_spec", lambda _: True)
    assert per.unavailable() == (
        "hama is installed and cannot run here (libhama not available): "
        "pip install --force-reinstall 'nscbench[phones]'"
    )


def test_no_package():
    if per.find_spec("hama"):
        pytest.skip("hama is installed")
    assert per.unavailable() == "no hama: pip install 'nscbench[phones]'"
