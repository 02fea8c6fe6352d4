"""Students with known chances, made apart from what learns them: a logistic model with other noise on top."""

import random
from dataclasses import dataclass
from math import exp

from functions.ai.prediction.training import Case


@dataclass(frozen=True)
class Cohort:
    """Cases, with the chance that each outcome was drawn with."""

    cases: list[Case]
    chances: list[float]


def cohort(seed: int, students: int = 4000) -> Cohort:
    """Make students whose features hang together: who is away is behind, has worse grades and more overdue."""
    chance = random.Random(seed)
    cases, chances = [], []
    for number in range(students):
        drive = chance.gauss(0, 1)
        away = min(60.0, chance.expovariate(1 / max(1.0, 8 - 5 * drive)))
        ahead = max(-1.0, min(2.0, 0.35 * drive + chance.gauss(0, 0.4)))
        grade = max(0.0, min(1.0, 0.6 + 0.1 * drive + chance.gauss(0, 0.12)))
        overdue = float(min(10, round(chance.expovariate(1 / max(0.2, 0.9 - 0.6 * drive)))))
        weeks = chance.uniform(2, 20)
        logit = 0.4 - 0.09 * away + 1.4 * ahead + 3.0 * (grade - 0.6) - 0.3 * overdue + 0.02 * weeks
        likely = 1 / (1 + exp(-logit))
        row = tuple(round(each, 4) for each in (away, ahead, grade, overdue, weeks))
        cases.append(Case(f"student{seed}-{number}", row, chance.random() < likely))
        chances.append(likely)
    return Cohort(cases, chances)
