"""From settings to a component: untrained, or on the weights that it begins with."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ..base import CodecError
from ..weights.parts import DIFFUSION, MEL, PARTS
from ..weights.pretrained import load, locate
from .component import Component
from .effort import Runs, runs_of
from .presets import CriticSize, make_component, replace_critics
from .sizes import Size
from .vocoder import VocoderTraining


@dataclass(frozen=True)
class ComponentSetup:
    """What is trained, and with which settings beside the recipe's; None leaves them.

    Attributes:
        component: one of `presets.COMPONENTS`.
        init: weights to start from, an embedded name or a path; "" for none.
        batch: crops in a batch.
        learning_rate: of the model, at its highest.
        critics: size of the discriminators.
        mel_codec, mel_decoder: weights on whose mels a vocoder is tuned; "" for clean ones.
        trained: folder with the weights of components that were trained before, which take
            precedence over the embedded ones; None for none.
    """

    component: str
    size: Size = "small"
    seed: int = 0
    init: str = ""
    batch: int | None = None
    learning_rate: float | None = None
    critics: CriticSize | None = None
    mel_codec: str = ""
    mel_decoder: str = ""
    trained: Path | None = None

    def make(self) -> Component:
        """The component.

        Raises:
            CodecError: a setting does not fit the component.
        """
        torch.manual_seed(self.seed)
        component = make_component(self.component, self.size, self.trained)
        self._tune(component)
        if self.batch is not None:
            if self.batch < 1:
                raise CodecError(f"--batch {self.batch}: a batch has at least one crop")
            component.recipe = replace(component.recipe, items=self.batch)
        if self.learning_rate is not None:
            component.recipe = component.recipe.at_rate(self.learning_rate)
        if self.critics:
            replace_critics(component, self.critics)
        if self.init:
            component.start_from(load(self.init, PARTS[component.name]).network)
        return component

    def history(self) -> Runs:
        """The runs that the weights to start from have been through."""
        return runs_of(locate(self.init)) if self.init else ()

    def _tune(self, component: Component) -> None:
        if not self.mel_codec:
            if self.mel_decoder:
                raise CodecError("--mel-decoder needs --mel-codec, whose mels it is given")
            return
        if not isinstance(component, VocoderTraining):
            raise CodecError(f"--mel-codec is for a vocoder, not for {self.component}")
        component.mel_codec = load(self.mel_codec, MEL).network
        if self.mel_decoder:
            component.mel_decoder = load(self.mel_decoder, DIFFUSION).network
