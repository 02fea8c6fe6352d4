"""Similarity of answers, prediction and adaptive tests, each on simulated data whose truth is known."""

import random
from collections import Counter
from collections.abc import Iterator
from math import exp

from lyceum.rules.adaptive import ability, selection
from lyceum.rules.adaptive.ability import Item
from lyceum.rules.adaptive.selection import Candidate
from tests.ai.simulated_cohorts import cohort
from tests.ai.simulated_exams import exam

from functions.ai.integrity.similarity import pairs
from functions.ai.prediction import metrics
from functions.ai.prediction.logistic import Calibration
from functions.ai.prediction.shipped import SHIPPED
from functions.ai.prediction.training import fit
from functions.exams.adaptive import choosing

Figure = tuple[str, float, str]


def figures() -> Iterator[Figure]:
    """Yield each figure with the data that it was measured on."""
    yield from _similarity()
    yield from _prediction()
    yield from _adaptive()
    yield from _adaptive(pool=choosing.POOL)


def _similarity(exams: int = 20) -> Iterator[Figure]:
    planted = found = innocent = 0
    for seed in range(exams):
        made = exam(seed, questions=100)
        flagged = {frozenset((pair.source, pair.other)) for pair in pairs(made.papers)}
        planted += len(made.planted)
        found += len(flagged & made.planted)
        innocent += len(flagged - made.planted)
    data = f"{exams} simulated exams of 300 candidates and 100 questions, with shared teaching"
    yield "planted pairs found", found / planted, data
    yield "innocent pairs flagged", innocent, data


def _prediction() -> Iterator[Figure]:
    made, unseen = cohort(1), cohort(2)
    trained = fit(made.cases, SHIPPED["success"], Calibration())
    if trained is None:
        raise RuntimeError("the cohort is too small to train from")
    outcomes = [case.outcome for case in unseen.cases]
    chances = [trained.calibration.of(trained.coefficients.chance(case.row)) for case in unseen.cases]
    data = "4000 simulated students, another 4000 unseen"
    yield "area under the curve", metrics.auc(chances, outcomes), data
    yield "  of the generating model", metrics.auc(unseen.chances, outcomes), data
    yield "calibration error", metrics.calibration_error(chances, outcomes), data
    halves = [
        [place for place, case in enumerate(unseen.cases) if (case.row[4] > 11) is late] for late in (False, True)
    ]
    gaps = [metrics.auc([chances[each] for each in half], [outcomes[each] for each in half]) for half in halves]
    yield "parity: gap in area of early and late weeks", abs(gaps[0] - gaps[1]), data


def _adaptive(takers: int = 200, *, pool: int | None = None) -> Iterator[Figure]:
    chance = random.Random(7)
    bank = [
        Candidate(f"q{number}", f"t{number % 4}", Item(chance.lognormvariate(0.5, 0.25), chance.gauss(0, 1.1)))
        for number in range(400)
    ]
    shown: Counter[str] = Counter()
    lengths, sure = [], 0
    for taker in range(takers):
        able = chance.gauss(0, 1)
        drawn = chance.sample(bank, pool) if pool else selection.shown_once_more(bank, shown, max(taker, 25))
        test = selection.adaptive(drawn, f"s{taker}")
        answers: list[tuple[Item, float]] = []
        asked = next(test, None)
        while asked is not None:
            item = asked[0].item
            part = float(chance.random() < 1 / (1 + exp(-item.slope * (able - item.difficulty))))
            answers.append((item, part))
            shown[asked[0].question_id] += 1
            try:
                asked = test.send(part)
            except StopIteration:
                asked = None
        lengths.append(len(answers))
        sure += ability.estimate(answers).error <= selection.STOP_ERROR
    how = f"pools of {pool} by lot" if pool else "counts of what was shown"
    data = f"{takers} simulated adaptive tests from a bank of {len(bank)}, {how}"
    yield "questions to a standard error of 0.30, mean", sum(lengths) / takers, data
    yield "tests that reach it within 25", sure / takers, data
    yield "highest exposure of a question", max(shown.values()) / takers, data
