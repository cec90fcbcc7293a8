"""WARP-Q: values of the authors' package, and what it refuses."""

import numpy as np
import pytest

from nscbench.metrics.base import MetricError
from nscbench.metrics.warp_q import METRIC

pytest.importorskip("webrtcvad")

# By warpq 1.5.2 with librosa 0.11.0, which rounds to three digits:
#   warpqMetric().evaluate(clean, degraded, arr_sr=16000)["raw_warpq_score"]
PUBLISHED = {"clean": 0.195, "clipped": 0.905, "echo": 0.936, "muffled": 2.484}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_value_is_the_packages(name, closed_form):
    value = METRIC.score(closed_form["clean"], closed_form[name])["warp_q"]
    assert value == pytest.approx(PUBLISHED[name], abs=0.000501)
    assert METRIC.directions == {"warp_q": "lower"}


def test_what_has_no_speech_is_refused(closed_form):
    with pytest.raises(MetricError, match=r"needs 0\.4 s of speech in both signals; .* 0\.\d\d s"):
        METRIC.score(closed_form["clean"], 1e-3 * np.ones(48_000))
