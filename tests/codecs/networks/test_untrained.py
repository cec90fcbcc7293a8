import pytest
import torch

from nscbench.codecs.networks.draws import steady
from nscbench.codecs.networks.features import LogMel, MelConfig
from nscbench.codecs.networks.untrained import GriffinLim, PlainSourceFilter

CONFIG = MelConfig()
CPU = torch.device("cpu")
SYNTHESES = [GriffinLim, PlainSourceFilter]


@pytest.fixture(scope="module")
def mel(speech_like) -> torch.Tensor:
    """Log-mel [1, bands, k]."""
    return LogMel(CONFIG)(torch.from_numpy(speech_like(1.0, 16_000))[None])


@pytest.mark.parametrize("synthesis", SYNTHESES)
def test_what_is_made_has_the_log_mel(synthesis, mel):
    made = LogMel(CONFIG)(synthesis(CONFIG)(mel, steady(CPU)))
    loud = mel > mel.max() - 7
    assert (made - mel)[loud].abs().mean() < 0.2


@pytest.mark.parametrize("synthesis", SYNTHESES)
def test_draws_decide_what_is_made(synthesis, mel):
    network = synthesis(CONFIG)
    first = network(mel, steady(CPU))
    assert torch.equal(first, network(mel, steady(CPU)))
    assert not torch.equal(first, network(mel, torch.randn))


@pytest.mark.parametrize("synthesis", SYNTHESES)
def test_silence_stays_silence(synthesis):
    silence = LogMel(CONFIG)(torch.zeros(1, 9600))
    assert synthesis(CONFIG)(silence, steady(CPU)).abs().max() < 1e-3


def test_magnitudes_are_positive_and_have_the_mel(mel):
    magnitude = GriffinLim(CONFIG).magnitude(mel)
    assert magnitude.min() >= 0
    found = torch.log(LogMel(CONFIG).filters @ magnitude)
    assert (found - mel).abs().mean() < 0.02
