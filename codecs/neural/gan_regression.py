"""The GAN baseline before its discriminators: the same networks, trained by spectra alone.

The ablation of the baseline: what `gan` gains over this is what adversarial training is worth.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from .gan import Gan


@dataclass(frozen=True)
class GanRegression(Gan):
    """One rate; `weights` are embedded ones by name, or a path."""

    name: ClassVar[str] = "gan-regression"

    weights: str = field(default="gan-regression", metadata={"in_name": False})


CODEC = GanRegression
