"""Counts of the indices that an entropy model is made of."""

import math

import torch

from nscbench.codecs.training import tokens
from nscbench.codecs.training.tokens import count_tokens
from support.tiny_training import tiny_gan, tiny_vocoder


def test_every_index_of_unseen_speech_is_counted() -> None:
    component = tiny_gan()
    generator = torch.Generator().manual_seed(0)
    component.model.quantizer.codebooks.normal_(generator=generator)
    asked: list[int] = []

    def unseen(number: int) -> torch.Tensor:
        asked.append(number)
        return 0.1 * torch.randn(2, 3200, generator=generator)

    counts = count_tokens(component, component.model.eval(), unseen)
    batches = math.ceil(tokens.COUNTED_SECONDS * 16_000 / (2 * 3200))
    assert asked == list(range(1, batches + 1))
    assert counts is not None
    assert counts.shape == (2, 16)
    assert counts.sum(dim=1).tolist() == [batches * 2 * 10] * 2  # frames of 320 samples


def test_what_has_no_quantizer_has_no_counts() -> None:
    component = tiny_vocoder()
    assert count_tokens(component, component.model, lambda _: torch.zeros(2, 3200)) is None
