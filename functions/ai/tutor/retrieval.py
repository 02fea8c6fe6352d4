"""The passages of a student's own courses, and those whose words a question has: BM25 over the texts of lessons.

Robertson and Zaragoza 2009, "The probabilistic relevance framework: BM25 and beyond", *Foundations and Trends in
Information Retrieval* 3, 333-389. Words are folded as search folds them. Only lessons are read, so no question of the
bank, and nothing that an exam keeps secret, is ever among the passages.
"""

from collections import Counter
from collections.abc import Sequence
from math import log
from xml.sax.saxutils import quoteattr

from lyceum.kit.frozen import frozen
from lyceum.kit.table import batch_fetch
from lyceum.kit.values.text import plain
from lyceum.model.courses.course import CourseOutline
from lyceum.model.courses.lessons import LessonBody
from lyceum.search import folding

_WORDS = 120
_MOST_LESSONS = 100
_K1, _B = 1.2, 0.75
_SHORTEST = 3


@frozen
class Passage:
    """Some words of a lesson; `passage_id` names it within one answer."""

    passage_id: str
    lesson_id: str
    course_id: str
    text: str


def read(outlines: Sequence[CourseOutline]) -> list[Passage]:
    """Read the passages of courses (1 request for each hundred lessons, at most as many lessons)."""
    lessons = [(str(each.course_id), lesson) for each in outlines for lesson in each.lesson_ids][:_MOST_LESSONS]
    bodies = batch_fetch([LessonBody.at(lesson_id=lesson) for _, lesson in lessons]) if lessons else []
    found: list[Passage] = []
    for (course_id, lesson_id), body in zip(lessons, bodies, strict=True):
        if isinstance(body, LessonBody):
            for text in _cut(plain(body.body)):
                found.append(Passage(f"p{len(found) + 1}", lesson_id, course_id, text))
    return found


def _cut(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[at : at + _WORDS]) for at in range(0, len(words), _WORDS)]


def best(passages: Sequence[Passage], question: str, most: int) -> list[Passage]:
    """Return the passages that have words of a question, the best first; none where no word of it stands in any."""
    counts = [Counter(folded(each.text)) for each in passages]
    lengths = [each.total() for each in counts]
    mean = sum(lengths) / len(lengths) if lengths else 1.0
    spread = Counter(word for each in counts for word in each)
    asked = {word for word in folded(question) if len(word) >= _SHORTEST}
    scored = []
    for place, count in enumerate(counts):
        score = 0.0
        for word in asked & count.keys():
            rarity = log(1 + (len(passages) - spread[word] + 0.5) / (spread[word] + 0.5))
            often = count[word] * (_K1 + 1) / (count[word] + _K1 * (1 - _B + _B * lengths[place] / mean))
            score += rarity * often
        if score > 0:
            scored.append((-score, place))
    return [passages[place] for _, place in sorted(scored)[:most]]


def folded(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return folding.words(text, "en")


def written(passages: Sequence[Passage]) -> str:
    """Write passages as a model reads them, each with its name."""
    return "\n".join(f"<passage id={quoteattr(each.passage_id)}>{each.text}</passage>" for each in passages)
