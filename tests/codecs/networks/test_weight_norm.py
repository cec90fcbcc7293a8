"""Weight normalization, folded."""

import torch

from nscbench.codecs.networks.hifigan import HifiGan
from nscbench.codecs.networks.weight_norm import fold, folded_state


def test_folding_keeps_the_function() -> None:
    network, plain = HifiGan(80, (5, 2), 16), fold(HifiGan(80, (5, 2), 16))
    mel = torch.randn(1, 80, 9, generator=torch.Generator().manual_seed(0))
    plain.load_state_dict(folded_state(network))
    torch.testing.assert_close(plain(mel), network(mel))
    assert network.state_dict().keys() != plain.state_dict().keys()
