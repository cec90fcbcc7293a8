"""mel2mel with a vocoder that was fine-tuned on what its diffusion samples.

The vocoder of the grid is trained on clean log-mels, and all cells that make a mel share it. Tuning
it on one cell's output is the usual remedy for what tells sampled mels from clean ones, and a
confound where cells are compared; so it stands beside the grid, as a codec of its own. Decoder,
bytes and noise are those of mel2mel.
"""

from dataclasses import dataclass, field

from .back_ends import MelBackEnd
from .diffusion_codec import DiffusionCodec
from .front_ends import MelFrontEnd


@dataclass(frozen=True)
class Mel2MelTuned(DiffusionCodec, front=MelFrontEnd(), back=MelBackEnd(), name="mel2mel-tuned"):
    """One rate, number of evaluations and sampler."""

    weights: str = field(default="mel2mel", metadata={"in_name": False})
    back_weights: str = field(default="vocoder-tuned", metadata={"in_name": False})


CODEC = Mel2MelTuned
