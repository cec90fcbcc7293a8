"""Fine-tuning of a vocoder on what codecs make of speech."""

from pathlib import Path

import pytest
import torch

from nscbench.codecs.networks.draws import Draws
from nscbench.codecs.neural.grid import Mel2Mel
from nscbench.codecs.weights.parts import VOCODER
from nscbench.codecs.weights.pretrained import load
from support.tiny_training import tiny_mel, tiny_vocoder, trainer


@pytest.mark.slow
def test_vocoder_is_fine_tuned_on_decoded_mels(folder: Path) -> None:
    codec = tiny_mel().model
    before = {name: value.clone() for name, value in codec.state_dict().items()}
    component = tiny_vocoder(codec)
    clean = trainer(component, folder, "clean").run()
    fine = tiny_vocoder(codec)
    fine.start_from(load(str(clean), VOCODER).network)
    mel = torch.randn(1, 80, 4, generator=torch.Generator().manual_seed(0))
    reference = load(str(clean), VOCODER).network(mel, torch.randn)
    torch.testing.assert_close(fine.model(mel, torch.randn), reference)
    trainer(fine, folder, "fine").run()
    for name, value in codec.state_dict().items():
        assert torch.equal(value, before[name]), name  # the mel codec learned nothing


def test_vocoder_is_fine_tuned_on_sampled_mels(folder: Path) -> None:
    component = tiny_vocoder(tiny_mel().model)
    sampled: list[torch.Tensor] = []

    class Brighter(torch.nn.Module):
        def sample(self, condition: torch.Tensor, sampler, nfe: int, draw) -> torch.Tensor:
            assert float(draw((2, 3000)).std()) == pytest.approx(Mel2Mel().temperature, rel=0.05)
            sampled.append(condition)
            return condition + 1

    component.mel_decoder = Brighter()  # type: ignore[assignment]
    audio = torch.randn(40, 3200, generator=torch.Generator().manual_seed(0))
    mel = component.model.log_mel(audio)
    fed = component._input(audio, Draws(torch.Generator().manual_seed(0), audio.device))
    clean = (fed == mel).flatten(1).all(dim=1)
    assert 0 < clean.sum() < 40  # a third of the items, which no codec touched
    torch.testing.assert_close(fed[~clean], sampled[0][~clean] + 1)
    assert set(component.renderings(component.model, audio[:1])) == {"clean", "1stages", "2stages"}
