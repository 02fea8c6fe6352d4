"""Simulated sittings of a paper of questions with four options, to see whether a wrong key is noticed.

Abilities and difficulties are normal, discriminations log-normal (three-parameter logistic model: Lord, Applications of
Item Response Theory, 1980, chapter 2). Those who do not know take one of three distractors, of which some are popular.
"""

import math
from decimal import Decimal
from random import Random
from typing import Any

Rows = list[dict[str, Any]]


def sitting(random: Random, *, takers: int = 100, items: int = 60, wrong: int | None = None) -> list[Rows]:
    """Return the marks of every taker; `wrong` is the question whose key names a distractor."""
    kinds = [_Item(random, number, is_wrong=number == wrong) for number in range(items)]
    return [[item.answered(random, ability) for item in kinds] for ability in _abilities(random, takers)]


def _abilities(random: Random, takers: int) -> list[float]:
    return [random.gauss(0, 1) for _ in range(takers)]


class _Item:
    def __init__(self, random: Random, number: int, *, is_wrong: bool) -> None:
        self.name = f"Q{number:03d}"
        self.steepness = min(2.0, max(0.3, random.lognormvariate(-0.05, 0.3)))
        self.difficulty = random.gauss(-0.2, 1)
        self.weights = [random.gammavariate(2, 1) for _ in range(3)]
        self.key = random.choice("bcd") if is_wrong else "a"

    def answered(self, random: Random, ability: float) -> dict[str, Any]:
        knows = 0.15 + 0.85 / (1 + math.exp(-1.7 * self.steepness * (ability - self.difficulty)))
        option = "a" if random.random() < knows else random.choices("bcd", self.weights)[0]
        is_right = option == self.key
        return {
            "question_id": self.name,
            "outcome": "right" if is_right else "wrong",
            "response": {"option_ids": [option]},
            "score": Decimal(int(is_right)),
            "max_score": Decimal(1),
        }
