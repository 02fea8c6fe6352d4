"""Cards from exams and practice: each answer counts as a grade, once its student may know the result.

A wrong answer is graded as forgotten, a partly right one and one that took long as hard, a right one as good; what was
left blank says nothing. Long is more than twice the mean of the session, and more than 30 seconds.
"""

from collections.abc import Sequence
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


def feed(
    unit: Unit, user_id: str, exam_id: str, rows: Sequence[Row], graded: dict[str, int], at: datetime, learner: Learner
) -> None:
    """Add to a unit that the cards of some answers are graded, with one log of all these grades.

    A card that was graded after the exam stays as it is. The unit fails when a card was graded meanwhile.
    """
    wanted = [row for row in rows if row["question_id"] in graded]
    cards = [ReviewCard.at(user_id=user_id, question_id=row["question_id"]) for row in wanted]
    topics = [Topic.at(topic_id=topic_id) for topic_id in sorted({row["topic_id"] for row in wanted})]
    found = batch_fetch([*cards, *topics], consistent=True)
    grades: list[Row] = []
    courses = {item.topic_id: item.course_id for item in found if isinstance(item, Topic)}
    for row, card in zip(wanted, found[: len(wanted)], strict=True):
        if not isinstance(card, ReviewCard):
            card = ReviewCard(user_id=user_id, question_id=row["question_id"], due_at=at)  # noqa: PLW2901 - made here
        if card.last_review_at is not None and card.last_review_at >= at:
            continue
        elapsed = None if card.last_review_at is None else (at - card.last_review_at).total_seconds() / 86_400
        rating = graded[row["question_id"]]
        card.last_review_id = ids.derived_id(at, "exam", exam_id, row["question_id"])
        card.topic_id, card.course_id = row["topic_id"], courses.get(row["topic_id"], card.course_id)
        memory.grade(card, rating, at, exam_of(learner, card.course_id))
        unit.save(card)
        grades.append(
            {
                "question_id": row["question_id"],
                "rating": rating,
                "elapsed_days": None if elapsed is None else str(elapsed),
                "stability": str(card.stability),
                "difficulty": str(card.difficulty),
                "duration_seconds": int(row["time_spent_seconds"]),
            }
        )
    if grades:
        review_id = ids.derived_id(at, "exam", exam_id, grades[0]["question_id"])
        unit.put(ReviewLog(user_id=user_id, review_id=review_id, source="exam", reviewed_at=at, grades=grades))
