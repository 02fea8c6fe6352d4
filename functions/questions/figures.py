"""Figures of a question, as they follow from its statistics."""

from lyceum.errors import NotFound
from lyceum.model import Question, QuestionStatistics

from questions.schemas import StatisticsView


def show(question_id: str) -> StatisticsView:
    """Return a question's statistics, zeros when no exam had it; raises NotFound when there is no such question."""
    found = QuestionStatistics.fetch(question_id=question_id)
    if found is None:
        if Question.fetch(question_id=question_id) is None:
            raise NotFound("There is no such question.")
        return StatisticsView(question_id=question_id, attempts=0, correct=0, skipped=0)
    attempts = int(found.attempts)
    return StatisticsView(
        question_id=question_id,
        attempts=attempts,
        correct=found.correct,
        skipped=found.skipped,
        facility=round(found.correct / attempts, 4),
        mean_time_spent_seconds=round(found.time_spent_seconds / attempts, 2),
    )
