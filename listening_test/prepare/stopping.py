"""When a listener's ABX trials of a pair of conditions end.

Fixed: after all of them. Sequential: when Wald's probability ratio test (Annals of Mathematical
Statistics 16, 1945) has decided between guessing, half of the answers right, and hearing the
difference, three quarters right, with errors of 5 % each; or after all of them. So a listener who
hears nothing is not kept, and one who hears everything needs 8 trials. An exact binomial p-value
does not hold after such stopping; the decision does.
"""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stopping:
    """The rule, stated in the test, its key and its results."""

    sequential: bool = False
    guessing: float = 0.5
    hearing: float = 0.75
    error: float = 0.05  # each way

    def description(self) -> dict[str, Any]:
        """As the player has it: steps of the log likelihood ratio, and the bounds."""
        if not self.sequential:
            return {"rule": "fixed"}
        bound = math.log((1 - self.error) / self.error)
        return {
            "rule": "sequential",
            "right": math.log(self.hearing / self.guessing),
            "wrong": math.log((1 - self.hearing) / (1 - self.guessing)),
            "heard": bound,
            "guessed": -bound,
        }

    def decided(self, answers: list[bool]) -> str:
        """What is decided after these answers, right or wrong: "heard", "guessed", "" if not yet.

        As for the player, what follows a decision is not looked at.
        """
        rule = self.description()
        ratio = 0.0
        for right in answers:
            ratio += rule["right" if right else "wrong"]
            if ratio >= rule["heard"]:
                return "heard"
            if ratio <= rule["guessed"]:
                return "guessed"
        return ""
