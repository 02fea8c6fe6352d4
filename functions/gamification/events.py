"""What follows for points, boards and badges from what users did."""

from collections.abc import Sequence
from typing import Any

from lyceum.events.courses import CourseCompleted, CourseUncompleted, LessonCompleted
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.events.study import StudyRecorded
from lyceum.kit.consumers.aggregator import Aggregator
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.rules import revisions
from lyceum.tasks.gamification import CountStandings

from functions.gamification.boards import pulse, scores
from functions.gamification.points import earning, ledger
from functions.gamification.points.ledger import Deed

consumer = Consumer("gamification-events")
handler = consumer.handler
aggregator = Aggregator(consumer.name)
_TRIES = 6


def _enter(deed: Deed) -> None:
    """Enter a deed, which its entry in the ledger keeps from counting twice; anew when other deeds come in between.

    Somebody who reviews fifty questions in a row sends fifty events, which several calls work on at once.
    """

    def enter() -> list[str]:
        unit = Unit()
        moved = ledger.enter(unit, deed)
        unit.commit()
        return moved

    pulse.tell(retry_on_conflict(enter, tries=_TRIES))


@consumer.on(ExamCompleted)
@consumer.on(ExamReleased)
def count_exam(event: ExamCompleted | ExamReleased, _unit: Unit) -> None:
    """Count an exam whose result its student may know."""
    if event.percent is not None and event.is_released:
        _count(event)


@consumer.on(ExamGraded)
def recount_exam(event: ExamGraded, _unit: Unit) -> None:
    """Count an exam by its latest score: what an earlier one gave is taken back."""
    if event.is_released:
        _count(event)


def _count(event: ExamCompleted | ExamGraded) -> None:
    rows = _rows(event.exam_id, event.revision)
    if rows is None:
        return
    points, right, is_perfect = earning.of_exam(rows)
    deed = Deed(
        user_id=event.user_id,
        cause="exam",
        cause_id=event.exam_id,
        at=event.finished_at,
        earned=points,
        correct=right,
        is_perfect=is_perfect,
        revision=event.revision,
        course_id=event.course_id,
        figures={"exams": 1},
    )
    _enter(deed)


def _rows(exam_id: str, revision: int) -> list[dict[str, Any]] | None:
    """Return how each question was marked in a revision, without those left out; None of a session that was removed."""
    marks = revisions.marks_of(exam_id, revision)
    return None if marks is None else [row for row in marks.marks if float(row["max_score"])]


@consumer.on(StudyRecorded)
def count_study(event: StudyRecorded, _unit: Unit) -> None:
    """Count study time and reviews; of exams their questions and time alone: answers count by their marks."""
    is_review = event.cause == "review"
    earned = earning.REVIEW * event.correct if is_review else 0
    earned = earning.of_seconds(event.seconds) if event.cause == "session" else earned
    figures = {"questions": event.questions, "study_minutes": event.seconds // 60, "reviews": int(is_review)}
    deed = Deed(
        user_id=event.user_id,
        cause="review" if is_review else "session",
        cause_id=event.event_id,
        at=event.at,
        earned=earned,
        course_id=event.course_id,
        figures=figures,
        greatest={"longest_streak": event.streak_days},
    )
    _enter(deed)


@consumer.on(LessonCompleted)
def count_lesson(event: LessonCompleted, _unit: Unit) -> None:
    """Count a lesson."""
    _enter(
        Deed(
            user_id=event.user_id,
            cause="lesson",
            cause_id=event.lesson_id,
            at=event.at,
            earned=earning.LESSON,
            course_id=event.course_id,
            figures={"lessons": 1},
        ),
    )


@consumer.on(CourseCompleted)
@consumer.on(CourseUncompleted)
def count_course(event: CourseCompleted | CourseUncompleted, _unit: Unit) -> None:
    """Count a course, or take it back, as the latest of these events says (EXAM R3)."""
    is_void = isinstance(event, CourseUncompleted)
    _enter(
        Deed(
            user_id=event.user_id,
            cause="course",
            cause_id=event.course_id,
            at=event.at,
            earned=0 if is_void else earning.COURSE,
            revision=event.revision,
            is_void=is_void,
            course_id=event.course_id,
            figures={"courses": 1},
        ),
    )


@consumer.gather(CountStandings)
def count_standings(orders: Sequence[CountStandings]) -> None:
    """Count standings that moved, those of a batch together."""
    aggregator.fold(map(scores.counted, orders), scores.write_counters)
