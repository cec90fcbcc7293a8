"""The clean log-mel through the vocoder before its discriminators: trained by spectra alone.

The ablation of the vocoder: what `mel-oracle` gains over this is what adversarial training is
worth.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from .mel_oracle import MelOracle


@dataclass(frozen=True)
class MelOracleRegression(MelOracle):
    """The same front end; `weights` are embedded ones by name, or a path."""

    name: ClassVar[str] = "mel-oracle-regression"

    weights: str = field(default="vocoder-regression", metadata={"in_name": False})


CODEC = MelOracleRegression
