"""What other domains tell of a course's parts: work handed in, quizzes taken, quizzes that come and go."""

from contextlib import suppress

from lyceum.events.assignments import AssignmentSubmitted
from lyceum.events.courses import QuizPublished, QuizWithdrawn
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Forbidden, NotFound
from lyceum.kit.table import Unit
from lyceum.model.courses.course import CourseOutline

from functions.courses.enrolments import progress

consumer = Consumer("courses-progress")
handler = consumer.handler
_MOST_QUIZZES = 100


@consumer.on(AssignmentSubmitted)
def count_assignment(event: AssignmentSubmitted, _unit: Unit) -> None:
    """Count an assignment as completed once something was handed in."""
    with suppress(Forbidden, NotFound):  # the student left, or the assignment is gone
        progress.complete(event.course_id, event.user_id, "assignments", event.assignment_id)


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def count_quiz(event: ExamCompleted | ExamGraded, _unit: Unit) -> None:
    """Count a quiz of a course as completed once it is known to be passed; other exams are no part of a course."""
    if event.course_id is None or event.quiz_id is None or not event.passed or not event.is_released:
        return
    with suppress(Forbidden, NotFound):
        progress.complete(event.course_id, event.user_id, "quizzes", event.quiz_id)


@consumer.on(QuizPublished)
def list_quiz(event: QuizPublished, unit: Unit) -> None:
    """Enter a quiz in its course's outline, or change how it stands there."""
    outline = CourseOutline.fetch(course_id=event.course_id, consistent=True)
    if outline is None:
        return
    _forget(outline, event.quiz_id)
    quiz = {
        "quiz_id": event.quiz_id,
        "title": event.title,
        "lesson_id": event.lesson_id,
        "is_required": event.is_required,
    }
    outline.quizzes = [*outline.quizzes, quiz][:_MOST_QUIZZES]
    if not event.is_required:
        outline.optional_ids = [*outline.optional_ids, event.quiz_id]
    unit.replace(outline)


@consumer.on(QuizWithdrawn)
def drop_quiz(event: QuizWithdrawn, unit: Unit) -> None:
    """Take a quiz out of its course's outline."""
    outline = CourseOutline.fetch(course_id=event.course_id, consistent=True)
    if outline is not None:
        _forget(outline, event.quiz_id)
        unit.replace(outline)


def _forget(outline: CourseOutline, quiz_id: str) -> None:
    outline.quizzes = [quiz for quiz in outline.quizzes if quiz["quiz_id"] != quiz_id]
    outline.optional_ids = [each for each in outline.optional_ids if each != quiz_id]
