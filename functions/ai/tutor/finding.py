"""The passages that a question is about: by its words and by what it means, both rankings fused.

Cormack, Clarke and Buettcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods",
SIGIR '09, 758-759: a passage is worth the sum of 1 / (60 + its place) over the rankings that name it.
"""

from collections import defaultdict
from collections.abc import Sequence

from lyceum.tasks.ai import EmbedCourse

from functions.ai.tutor import meaning, retrieval
from functions.ai.tutor.retrieval import Passage

_DAMPING = 60
_RANKED = 50
_MOST = 6


def found(passages: Sequence[Passage], question: str, most: int = _MOST) -> tuple[list[Passage], list[EmbedCourse]]:
    """Return the passages that a question is about, the best first, and orders for vectors that lack."""
    near, orders = meaning.near(passages, question)
    return fused([retrieval.best(passages, question, _RANKED), near[:_RANKED]], most), orders


def fused(rankings: Sequence[Sequence[Passage]], most: int) -> list[Passage]:
    """Return the best of several rankings; of those that are worth the same, what the first ranking has first. Pure."""
    worth: dict[Passage, float] = defaultdict(float)
    for ranking in rankings:
        for place, passage in enumerate(ranking, start=1):
            worth[passage] += 1 / (_DAMPING + place)
    return sorted(worth, key=lambda each: -worth[each])[:most]
