"""What a manifest says of a run."""

import pytest

from nscbench.benchmarks.run.provenance import describe_source
from nscbench.codecs import available


@pytest.mark.parametrize("weights", ["", "/data/tuned"])
def test_the_licence_of_weights_is_told_of_the_published_ones_alone(weights):
    told = describe_source(available()["dac-24k"](kbps=3, weights=weights))
    assert told == {
        "paper": (
            'R. Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN", NeurIPS 2023'
        ),
        "licence": "Apache-2.0",
        "weights_licence": "" if weights else "MIT",
    }
