"""Exams with planted copying, made apart from what finds it: another model of answers, with shared teaching in it."""

import random
from dataclasses import dataclass
from math import exp

from functions.ai.integrity.similarity import Paper

_OPTIONS = "abcde"


@dataclass(frozen=True)
class SimulatedExam:
    """The papers of an exam, and the pairs in which the second copied from the first."""

    papers: list[Paper]
    planted: set[frozenset[str]]


def exam(
    seed: int,
    *,
    candidates: int = 300,
    questions: int = 80,
    copiers: int = 5,
    least_share: float = 0.4,
    most_share: float = 0.9,
) -> SimulatedExam:
    """Make an exam by a three-parameter model: guessing, distractors of unequal pull, and classes taught alike.

    Each class shares a misconception in a seventh of the questions, which doubles the pull of one wrong option there.
    Half of the classes are not known to whoever looks for copying.
    """
    chance = random.Random(seed)
    slopes = [chance.lognormvariate(0.1, 0.35) for _ in range(questions)]
    levels = [chance.gauss(0, 1) for _ in range(questions)]
    keys = [chance.choice(_OPTIONS) for _ in range(questions)]
    pulls = [{each: chance.expovariate(1) + 0.1 for each in _OPTIONS} for _ in range(questions)]
    classes = max(1, candidates // 30)
    taught = [
        {number: chance.choice(_OPTIONS) for number in chance.sample(range(questions), questions // 7)}
        for _ in range(classes)
    ]
    abilities = [chance.gauss(0, 1) for _ in range(candidates)]
    rows: list[list[str]] = []
    for place, ability in enumerate(abilities):
        row = []
        for number in range(questions):
            right = 0.15 + 0.85 / (1 + exp(-1.5 * slopes[number] * (ability - levels[number])))
            if chance.random() < right:
                row.append(keys[number])
                continue
            weights = dict(pulls[number])
            common = taught[place % classes].get(number)
            if common is not None:
                weights[common] *= 2
            wrong = [each for each in _OPTIONS if each != keys[number]]
            row.append(chance.choices(wrong, [weights[each] for each in wrong])[0])
        rows.append(row)
    planted: set[frozenset[str]] = set()
    chosen = chance.sample(range(candidates), 2 * copiers)
    for source, copier in zip(chosen[::2], chosen[1::2], strict=True):
        share = chance.uniform(least_share, most_share)
        for number in chance.sample(range(questions), round(share * questions)):
            rows[copier][number] = rows[source][number]
        planted.add(frozenset((f"s{source:03d}", f"s{copier:03d}")))
    papers = [
        Paper(
            f"s{place:03d}",
            {f"q{number:03d}": option for number, option in enumerate(row)},
            frozenset(f"q{number:03d}" for number, option in enumerate(row) if option == keys[number]),
            group=f"c{place % classes}" if (place % classes) % 2 else "",
        )
        for place, row in enumerate(rows)
    ]
    return SimulatedExam(papers, planted)
