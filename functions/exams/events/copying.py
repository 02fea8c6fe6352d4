"""Brings the quizzes of a course into its copy, a page of them a task."""

from lyceum.events.courses import CourseCopied
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit
from lyceum.tasks.exams import CopyQuizzes

from functions.exams.authoring import copies

consumer = Consumer("exams-copying")
handler = consumer.handler


@consumer.on(CourseCopied)
def begin(event: CourseCopied, unit: Unit) -> None:
    """Begin to copy the quizzes."""
    send(unit, CopyQuizzes(**event.model_dump(include={"course_id", "source_id", "copied_at"})))


@consumer.paged(CopyQuizzes)
def copy_page(task: CopyQuizzes, unit: Unit) -> int | None:
    """Copy a page of quizzes; a copy that was deleted meanwhile gets no more."""
    return copies.copy_page(task, unit)
