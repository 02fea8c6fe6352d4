"""Completions follow: work handed in or graded, quizzes passed, and parts of a course that come, go and change."""

from contextlib import suppress

from lyceum.events.assignments import AssignmentGraded, AssignmentSubmitted
from lyceum.events.courses import CourseCompleted, CourseCounted, LessonCompleted, QuizPublished, QuizWithdrawn
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.events.integrations import PackageProgressed
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Forbidden, NotFound
from lyceum.kit.table import Unit, find
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.tasks.courses import RecountCourse

from functions.courses.enrolments import progress
from functions.courses.recommending import recommendations

consumer = Consumer("courses-progress")
handler = consumer.handler
_MOST_QUIZZES = 100
_PAGE = 200
_SHOWN_OF_QUIZ = {
    "title",
    "description",
    "lesson_id",
    "is_required",
    "question_count",
    "total_marks",
    "duration_minutes",
}


@consumer.on(AssignmentSubmitted)
def count_assignment(event: AssignmentSubmitted, _unit: Unit) -> None:
    """Count an assignment as completed once something was handed in."""
    with suppress(NotFound):  # the course is gone
        progress.record(event.course_id, event.user_id, "assignments", event.assignment_id)


@consumer.on(AssignmentGraded)
def count_graded(event: AssignmentGraded, _unit: Unit) -> None:
    """Count an assignment as completed where points were given for it and nothing was handed in."""
    if event.points > 0 and not event.attempt:
        with suppress(NotFound):
            progress.record(event.course_id, event.user_id, "assignments", event.assignment_id)


@consumer.paged(RecountCourse)
def recount(task: RecountCourse, _unit: Unit) -> str | None:
    """Complete the course for those of a page of students who have all that it asks for now."""
    start = f"STUDENT#{task.after}\0" if task.after else None
    page = find(Enrolment, course_id=task.course_id, limit=_PAGE, from_sort=start, consistent=True)
    with suppress(NotFound):
        progress.settle_all(task.course_id, page.items)
    return page.items[-1].user_id if page.last_key else None


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def count_quiz(event: ExamCompleted | ExamGraded, _unit: Unit) -> None:
    """Count a quiz of a course as completed while it is known to be passed; other exams are no part of a course."""
    if event.course_id is None or event.quiz_id is None or not event.is_released:
        return
    result = progress.QuizResult(event.quiz_id, event.exam_id, event.revision, bool(event.passed))
    with suppress(NotFound):
        progress.judge_quiz(event.course_id, event.user_id, result)


@consumer.on(PackageProgressed)
def count_package(event: PackageProgressed, _unit: Unit) -> None:
    """Complete the lesson in which a learner completed a package; a second time changes nothing."""
    if event.course_id is None or event.lesson_id is None or not event.is_completed:
        return
    completed = LessonCompleted(course_id=event.course_id, lesson_id=event.lesson_id, user_id=event.user_id)
    with suppress(NotFound, Forbidden):
        progress.complete(event.course_id, event.user_id, "lessons", event.lesson_id, completed)


@consumer.on(QuizPublished)
def list_quiz(event: QuizPublished, unit: Unit) -> None:
    """Enter a quiz in its course's outline, or change how it stands there."""
    outline = CourseOutline.fetch(course_id=event.course_id, consistent=True)
    if outline is None:
        return
    _forget(outline, event.quiz_id)
    quiz = {
        "quiz_id": event.quiz_id,
        **event.model_dump(include=_SHOWN_OF_QUIZ),
    }
    outline.quizzes = [*outline.quizzes, quiz][:_MOST_QUIZZES]
    if not event.is_required:
        outline.optional_ids = [*outline.optional_ids, event.quiz_id]
    _store(unit, outline)


@consumer.on(QuizWithdrawn)
def drop_quiz(event: QuizWithdrawn, unit: Unit) -> None:
    """Take a quiz out of its course's outline."""
    outline = CourseOutline.fetch(course_id=event.course_id, consistent=True)
    if outline is not None:
        _forget(outline, event.quiz_id)
        _store(unit, outline)


def _store(unit: Unit, outline: CourseOutline) -> None:
    """Store a course's quizzes with their number, and have its students looked at again."""
    unit.replace(outline, RecountCourse(course_id=outline.course_id))
    counted = [CourseCounted(course_id=outline.course_id)]
    unit.change(Course.at(course_id=outline.course_id), Course.quiz_count.set(len(outline.quizzes)), events=counted)


def _forget(outline: CourseOutline, quiz_id: str) -> None:
    outline.quizzes = [quiz for quiz in outline.quizzes if quiz["quiz_id"] != quiz_id]
    outline.optional_ids = [each for each in outline.optional_ids if each != quiz_id]


@consumer.on(CourseCompleted)
def look_ahead(event: CourseCompleted, unit: Unit) -> None:
    """Have what may come next for a student found anew."""
    recommendations.forget(unit, event.user_id)
