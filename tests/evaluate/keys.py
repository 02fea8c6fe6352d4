"""Whether a wrong key among sixty is noticed with a hundred takers, and how often a clean paper is held."""

from collections.abc import Iterator
from random import Random

from tests.support.papers.sittings import sitting

from functions.exams.statistics.key_suspects import suspects

_SITTINGS = 500
Figure = tuple[str, float, str]


def figures() -> Iterator[Figure]:
    """Yield each figure: its name, its value, and the data that it was taken on."""
    random = Random(25)
    found = 0
    for _ in range(_SITTINGS):
        wrong = random.randrange(60)
        found += f"Q{wrong:03d}" in {each.question_id for each in suspects(sitting(random, wrong=wrong))}
    data = f"{_SITTINGS} simulated sittings of 60 questions by 100 takers"
    yield "planted wrong keys found", found / _SITTINGS, data
    yield "clean papers held", sum(bool(suspects(sitting(random))) for _ in range(_SITTINGS)) / _SITTINGS, data
