"""Random numbers of a stochastic decoder: one generator per item, drawn on the CPU.

The seed depends on the item and the draw only, so that a decoded signal does not depend on
the batch, the order, the worker or the device that made it, and so that two operating points
are compared on the same noise.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def seed_for(item: str, draw: int = 0) -> int:
    """Seed of one random draw of one item: 63 bits of BLAKE2b over its id and the draw."""
    digest = blake2b(f"{item}\0{draw}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


class Noise:
    """One generator per item of a batch."""

    def __init__(self, seeds: Sequence[int]) -> None:
        import torch

        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    @classmethod
    def of(cls, items: Sequence[str], draw: int = 0) -> "Noise":
        """Generators of the items with these ids."""
        return cls([seed_for(item, draw) for item in items])

    def __len__(self) -> int:
        return len(self._generators)

    def drawing(self, item: int) -> "Callable[[tuple[int, ...]], Tensor]":
        """Draws of one item: standard normal float32 tensors of a shape, on the CPU."""
        import torch

        generator = self._generators[item]
        return lambda shape: torch.randn(shape, generator=generator)

    def randn(self, shapes: Sequence[tuple[int, ...]]) -> "list[Tensor]":
        """Standard normal float32 tensors on the CPU, the i-th of `shapes[i]` from item i.

        Raises:
            ValueError: there are not as many shapes as items.
        """
        import torch

        if len(shapes) != len(self._generators):
            raise ValueError(f"{len(shapes)} shapes for {len(self._generators)} items")
        return [
            torch.randn(shape, generator=generator)
            for shape, generator in zip(shapes, self._generators, strict=True)
        ]
