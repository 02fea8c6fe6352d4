"""Results of exams, and warnings of their end."""

from lyceum.events.exams import ExamCompleted, ExamExpiring, ExamGraded, ExamKeysSuspected
from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.messages.formats import Percent

from functions.notifications import kinds
from functions.notifications.inbox import subjects
from functions.notifications.inbox.inbox_writer import notify


def tell_result(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    """Tell a student that an exam is marked, once that is complete and may be told; a result that stays is no news."""
    if event.percent is None or not event.is_released or _is_as_before(event) or _is_withheld(event):
        return
    data = {
        "examId": event.exam_id,
        "score": str(event.score),
        "maxScore": str(event.max_score),
        "percent": str(event.percent),
        **subjects.of_course(event.course_id),
    }
    notify(
        kinds.EXAM_RESULT,
        event,
        event.user_id,
        data,
        unit,
        about=event.exam_id,
        exam=subjects.of_exam(event.title, event.topic_ids),
        score=event.score,
        maxScore=event.max_score,
        percent=Percent(event.percent),
    )


def _is_as_before(event: ExamCompleted | ExamGraded) -> bool:
    if not isinstance(event, ExamGraded):
        return False
    return (event.earlier_score, event.earlier_percent) == (event.score, event.percent)


def _is_withheld(event: ExamCompleted | ExamGraded) -> bool:
    return isinstance(event, ExamGraded) and event.is_withheld


def warn_of_end(event: ExamExpiring, unit: Unit) -> None:
    """Warn a student that a running exam ends soon."""
    data = {"examId": event.exam_id, "deadlineAt": clock.iso(event.deadline_at)}
    notify(
        kinds.EXAM_EXPIRING,
        event,
        event.user_id,
        data,
        unit,
        about=event.exam_id,
        ends=event.deadline_at,
        exam=subjects.of_exam(event.title, event.topic_ids),
        deadline=event.deadline_at,
    )


def tell_of_suspected_keys(event: ExamKeysSuspected, unit: Unit) -> None:
    """Tell whose exam it is that its results wait for a look at some keys, once an exam."""
    notify(
        kinds.EXAM_KEYS,
        event,
        event.owner_id,
        {"assessmentId": event.assessment_id},
        unit,
        about=event.assessment_id,
        exam=event.title,
        count=event.count,
    )
