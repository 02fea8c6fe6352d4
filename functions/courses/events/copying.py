"""Brings the lessons of a course into its copy, a page of them a task."""

from lyceum.events.courses import CourseCopied
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit
from lyceum.tasks.courses import CopyLessons

from functions.courses import copies

consumer = Consumer("courses-copying")
handler = consumer.handler


@consumer.on(CourseCopied)
def begin(event: CourseCopied, unit: Unit) -> None:
    """Begin to copy the lessons."""
    facts = event.model_dump(include={"course_id", "source_id", "copied_at"})
    send(unit, CopyLessons(**facts))


@consumer.paged(CopyLessons)
def copy_page(task: CopyLessons, unit: Unit) -> int | None:
    """Copy a page of lessons; a copy that was deleted meanwhile gets no more."""
    return copies.copy_lessons(task, unit)
