"""mel2wav without excitation and envelope: waveforms drawn from noise alone.

It has mel2wav's conditioner, denoiser and process; the noise is scaled by a level that the features
tell (PriorGrad), the waveform pre-emphasized. What mel2wav gains over this is what a voice's pulses
and its envelope are worth. It samples with all noise: with less, its waveforms become fainter.
"""

from dataclasses import dataclass

from ..processes.samplers import AS_TRAINED
from .back_ends import WavBackEnd
from .diffusion_codec import DiffusionCodec
from .front_ends import MelFrontEnd


@dataclass(frozen=True)
class Mel2WavPlain(DiffusionCodec, front=MelFrontEnd(), back=WavBackEnd(), name="mel2wav-plain"):
    """One rate, number of evaluations and sampler."""

    temperature: float = AS_TRAINED


CODEC = Mel2WavPlain
