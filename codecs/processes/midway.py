"""LaDiffCodec's sampling: from a guess half-way, and back to it at every step.

Its authors found what is sampled from pure noise over-smooth. So these samplers start at the time
`MIDWAY`, with a guess in the place of the noisy signal, and walk only what is left of the process.
Their first `draw()` is the guess instead of noise.

    halfway    ancestral steps from the guess
    infilling  the same; after every step a share of the signal is replaced by the guess, diffused
               to the level that the step has reached

H. Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent Diffusion", ICASSP
2024; step 100 of 1000, a share of 0.1 and noise that is drawn once are its published code's.
"""

from torch import Tensor

from .paths import Process
from .samplers import DrawNext, Evaluate, ancestral_steps, by_name, preceded, sampler

MIDWAY = 0.1
SHARE = 0.1


@sampler(from_guess=True)
def halfway(denoise: Evaluate, process: Process, nfe: int, draw: DrawNext) -> Tensor:
    """Ancestral steps from the guess at `MIDWAY` to time 0."""
    return ancestral_steps(denoise, process, _times(nfe), draw)


@sampler(from_guess=True)
def infilling(
    denoise: Evaluate, process: Process, nfe: int, draw: DrawNext, share: float = SHARE
) -> Tensor:
    """The same, with a share of the diffused guess after every step."""
    guess, noise = draw(), draw()

    def mix(y: Tensor, time: float) -> Tensor:
        level = process.level(time)
        return (1 - share) * y + share * (level.alpha * guess + level.sigma * noise)

    return ancestral_steps(denoise, process, _times(nfe), preceded(guess, draw), mix)


MIDWAY_SAMPLERS = by_name((infilling, halfway))


def _times(nfe: int) -> list[float]:
    return [MIDWAY * (1 - step / nfe) for step in range(nfe)] + [0.0]
