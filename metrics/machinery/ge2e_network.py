"""The speaker encoder of Resemblyzer: three LSTMs over mel spectra, trained with the GE2E loss.

Wan, Wang, Papir & Lopez Moreno, "Generalized End-to-End Loss for Speaker Verification" (ICASSP
2018); 1.4 million parameters.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from . import checkpoint

BANDS, WIDTH = 40, 256
_OF_TRAINING = ("similarity_weight", "similarity_bias")


class SpeakerEncoder(nn.Module):
    """Unit vectors [B, 256], none of whose numbers is negative, of mel spectra [B, F, 40]."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(BANDS, WIDTH, 3, batch_first=True)
        self.linear = nn.Linear(WIDTH, WIDTH)

    def forward(self, mels: Tensor) -> Tensor:
        _, (hidden, _) = self.lstm(mels)
        raw: Tensor = self.linear(hidden[-1]).relu()
        length: Tensor = torch.linalg.vector_norm(raw, dim=1, keepdim=True)
        return raw / length


def load(path: Path) -> SpeakerEncoder:
    """The network with the weights of a published file."""
    state = checkpoint.tensors(path, "model_state")
    used = {name: tensor for name, tensor in state.items() if name not in _OF_TRAINING}
    return checkpoint.filled(SpeakerEncoder(), used, {})
