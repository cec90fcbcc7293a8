"""What components with a residual vector quantizer share: its dropout and its beginning."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ..networks.draws import Draws
from ..networks.quantizer import UNQUANTIZED, ResidualQuantizer

COMMITMENT_WEIGHT = 0.1  # at 1, the latents shrink to the few dimensions that are easy to quantize


def draw_stages(counts: Sequence[int], items: int, draws: Draws) -> Tensor:
    """A number of stages per item: one of `counts`, or `UNQUANTIZED`, all equally likely."""
    choices = torch.tensor([*counts, UNQUANTIZED])
    return draws(lambda g: choices[torch.randint(len(choices), (items,), generator=g)])


@torch.no_grad()
def initialize_quantizer(
    quantizer: ResidualQuantizer, latents: Callable[[], Tensor], generator: torch.Generator
) -> None:
    """k-means of the quantizer on ten times as many latents as it has entries."""
    vectors: list[Tensor] = []
    while sum(map(len, vectors)) < 10 * quantizer.entries:
        vectors.append(latents().transpose(1, 2).flatten(0, 1))
    quantizer.initialize(torch.cat(vectors), generator)
