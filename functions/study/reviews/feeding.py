"""Cards from exams and practice: each answer counts as a grade, once its student may know the result.

A wrong answer is graded as forgotten, a partly right one and one that took long as hard, a right one as good; what was
left blank says nothing. Long is more than twice the mean of the session, and more than 30 seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lyceum.kit import ids
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.catalog import Topic
from lyceum.model.study.learners import Learner
from lyceum.model.study.reviews import ReviewCard, ReviewLog

from functions.study.reviews import memory
from functions.study.reviews.grading import exam_of

_AGAIN, _HARD, _GOOD = 1, 2, 3
_SLOW_FACTOR = 2
_SLOW_SECONDS = 30
Row = dict[str, Any]


def ratings(rows: Sequence[Row]) -> dict[str, int]:
    """Return the grade of each question that was answered, by its mark and by the time that it took."""
    answered = [row for row in rows if row["outcome"] in {"right", "partial", "wrong"}]
    if not answered:
        return {}
    mean = sum(int(row["time_spent_seconds"]) for row in answered) / len(answered)
    slow = max(_SLOW_SECONDS, _SLOW_FACTOR * mean)
    return {row["question_id"]: _rating(row, slow) for row in answered}


def _rating(row: Row, slow_seconds: float) -> int:
    if row["outcome"] == "wrong":
        return _AGAIN
    is_slow = int(row["time_spent_seconds"]) > slow_seconds
    return _HARD if row["outcome"] == "partial" or is_slow else _GOOD


@dataclass
class Fed:
    """What the answers of an exam did to cards.

    Attributes:
        known: Cards that were there before, graded.
        new: Those that were not.
    """

    known: list[ReviewCard] = field(default_factory=list)
    new: list[ReviewCard] = field(default_factory=list)
    _grades: dict[bool, list[Row]] = field(default_factory=lambda: {False: [], True: []})

    def save(self, unit: Unit, exam_id: str, at: datetime) -> None:
        """Add to a unit that the cards which were there are graded, with the log of that."""
        for card in self.known:
            unit.save(card)
        self.log(unit, exam_id, at, is_new=False)

    def log(self, unit: Unit, exam_id: str, at: datetime, *, is_new: bool) -> None:
        """Add one log of many grades to a unit, if there are any."""
        cards, grades = self.new if is_new else self.known, self._grades[is_new]
        if grades:
            review_id = ids.derived_id(at, "exam", exam_id, grades[0]["question_id"])
            user_id = cards[0].user_id
            unit.put(ReviewLog(user_id=user_id, review_id=review_id, source="exam", reviewed_at=at, grades=grades))

    def add(self, card: ReviewCard, grade: Row, *, is_new: bool) -> None:
        """Note a card that was graded."""
        (self.new if is_new else self.known).append(card)
        self._grades[is_new].append(grade)

    def store_all(self) -> None:
        """Take new cards for such as are stored one by one, like those that were there."""
        self.known += self.new
        self._grades[False] += self._grades[True]
        self.new, self._grades[True] = [], []


def feed(
    user_id: str, exam_id: str, rows: Sequence[Row], graded: dict[str, int], at: datetime, learner: Learner
) -> Fed:
    """Grade the cards of some answers, in memory (1 request for a hundred).

    A card that was graded after the exam stays as it is.
    """
    cards = [ReviewCard.at(user_id=user_id, question_id=row["question_id"]) for row in rows]
    topics = [Topic.at(topic_id=topic_id) for topic_id in sorted({row["topic_id"] for row in rows})]
    found = batch_fetch([*cards, *topics], consistent=True)
    courses = {item.topic_id: item.course_id for item in found if isinstance(item, Topic)}
    fed = Fed()
    for row, stored in zip(rows, found[: len(rows)], strict=True):
        known = stored if isinstance(stored, ReviewCard) else None
        card = known or ReviewCard(user_id=user_id, question_id=row["question_id"], due_at=at)
        if card.last_review_at is not None and card.last_review_at >= at:
            continue
        elapsed = None if card.last_review_at is None else (at - card.last_review_at).total_seconds() / 86_400
        card.last_review_id = ids.derived_id(at, "exam", exam_id, row["question_id"])
        card.topic_id, card.course_id = row["topic_id"], courses.get(row["topic_id"], card.course_id)
        memory.grade(card, graded[row["question_id"]], at, exam_of(learner, card.course_id))
        fed.add(card, _logged(row, graded, card, elapsed), is_new=known is None)
    return fed


def _logged(row: Row, graded: dict[str, int], card: ReviewCard, elapsed_days: float | None) -> Row:
    return {
        "question_id": row["question_id"],
        "rating": graded[row["question_id"]],
        "elapsed_days": None if elapsed_days is None else str(elapsed_days),
        "stability": str(card.stability),
        "difficulty": str(card.difficulty),
        "duration_seconds": int(row["time_spent_seconds"]),
    }
