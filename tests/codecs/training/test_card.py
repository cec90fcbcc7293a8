"""The card of a weights' file."""

import json

import torch

from nscbench.codecs.training.card import make_card


def test_a_score_that_nothing_has_is_left_out_of_a_card_that_is_json() -> None:
    scores = {"3stages/pesq_wb": 1.23456, "3stages/f0_rmse": float("nan")}
    card = make_card("mel", {}, [], scores, None, torch.device("cpu"))
    assert card["validation"] == {"3stages/pesq_wb": 1.2346}
    assert json.loads(json.dumps(card, allow_nan=False)) == card
