"""Whose a codec is: its paper and its licence."""

import pytest

from nscbench.codecs import available

CODECS = {name: codec for name, codec in available().items() if codec.kind == "codec"}


@pytest.mark.parametrize("name", CODECS)
def test_every_codec_of_the_suite_states_its_licence(name):
    if CODECS[name].__module__.startswith("nscbench.codecs."):
        assert CODECS[name].licence


@pytest.mark.parametrize("name", CODECS)
def test_what_others_made_names_its_paper_or_standard(name):
    folder = CODECS[name].__module__.split(".")[-2]
    if folder in ("conventional", "published"):
        assert CODECS[name].paper
