"""What follows for certificates when a course is not completed after all, or the result of an exam changes."""

from lyceum.events.courses import CourseUncompleted
from lyceum.events.exams import ExamGraded, ExamReleased
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit

from functions.certificates.issuing import following

consumer = Consumer("certificates-events")
handler = consumer.handler


@consumer.on(CourseUncompleted)
def take_back(event: CourseUncompleted, unit: Unit) -> None:
    """Revoke the certificate of the course."""
    following.take_back(unit, event.user_id, f"course#{event.course_id}")


@consumer.on(ExamGraded)
def follow_grading(event: ExamGraded, unit: Unit) -> None:
    """Let the certificate of an exam follow its result, when that has changed and is released."""
    if event.earlier_revision is not None and event.is_released:
        _follow(event, unit)


@consumer.on(ExamReleased)
def follow_release(event: ExamReleased, unit: Unit) -> None:
    """Let the certificate of an exam follow its result, when that is released anew."""
    _follow(event, unit)


def _follow(event: ExamGraded, unit: Unit) -> None:
    if event.assessment_id is not None:
        following.correct(unit, event.user_id, f"exam#{event.assessment_id}", event.exam_id)
