"""How questions do in finished exams: folded in from `exam.completed`, each session once."""

from typing import Any

from lyceum.events import ExamCompleted
from lyceum.events.consumer import Consumer
from lyceum.model import ExamMarks, QuestionStatistics
from lyceum.table import Unit

consumer = Consumer("question-statistics")
handler = consumer.handler
_QUESTIONS_A_PART = 50


@consumer.on(ExamCompleted)
def count(event: ExamCompleted, _unit: Unit) -> None:
    """Add a finished session's answers to the statistics of its questions, in parts that fit a transaction."""
    marks = ExamMarks.require(exam_id=event.exam_id).marks
    for number, start in enumerate(range(0, len(marks), _QUESTIONS_A_PART)):
        with consumer.part(event, number) as part:
            for mark in marks[start : start + _QUESTIONS_A_PART]:
                _add(mark, part)


def _add(mark: dict[str, Any], unit: Unit) -> None:
    unit.change(
        QuestionStatistics.at(question_id=mark["question_id"]),
        QuestionStatistics.question_id.set(mark["question_id"]),
        QuestionStatistics.attempts.add(1),
        QuestionStatistics.correct.add(int(mark["outcome"] == "right")),
        QuestionStatistics.skipped.add(int(mark["outcome"] == "blank")),
        QuestionStatistics.time_spent_seconds.add(mark["time_spent_seconds"]),
        or_create=True,
    )
