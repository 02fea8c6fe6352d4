"""What is stored becomes what is found: documents are read anew and written into the log of changes."""

from collections.abc import Sequence
from typing import Any

from lyceum.events.search import SearchResultOpened
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import CourseOutline
from lyceum.model.courses.lessons import Lesson
from lyceum.search import projections
from lyceum.search.embedded.change_log import change_of
from lyceum.search.engine import engine
from lyceum.search.queries import Change
from lyceum.tasks.search import NoteSearch, RefreshCourse, RefreshDocument

from functions.search import analytics

consumer = Consumer("search-events")
handler = consumer.handler
_PAGE = 50


@consumer.fold(RefreshDocument)
def refresh(tasks: Sequence[RefreshDocument], unit: Unit) -> None:
    """Let the search show items as they are now; what belongs to them follows by a task of its own."""
    latest = {(task.kind, task.item_id): task for task in sorted(tasks, key=lambda task: task.item_version)}
    engine().apply([_now(kind, item_id) for kind, item_id in latest])
    courses = {task.item_id for task in tasks if task.kind == "course" and task.concerns_parts}
    send(unit, *(RefreshCourse(course_id=each) for each in sorted(courses)))


@consumer.paged(RefreshCourse)
def refresh_parts(task: RefreshCourse, _unit: Unit) -> Any:
    """Let the search show some topics or lessons of a course as they are now: topics first, then lessons by place."""
    kind, place = task.after or ("topic", None)
    if kind == "topic":
        found = find(Topic, index="gsi1", course_id=task.course_id, limit=_PAGE, after=place)
        engine().apply([_now("topic", each.topic_id) for each in found.items])
        return ("topic", found.last_key) if found.last_key else ("lesson", 0)
    outline = CourseOutline.fetch(course_id=task.course_id, consistent=True)
    lesson_ids, start = list(outline.lesson_ids) if outline else [], int(place or 0)
    taken = lesson_ids[start : start + _PAGE]
    there = batch_fetch([Lesson.at(lesson_id=each) for each in taken])
    engine().apply([_now("lesson", each.lesson_id) for each in there if isinstance(each, Lesson)])
    return ("lesson", start + _PAGE) if start + _PAGE < len(lesson_ids) else None


@consumer.fold(NoteSearch)
def count(tasks: Sequence[NoteSearch], unit: Unit) -> None:
    """Count searches."""
    analytics.count(tasks, unit)


@consumer.fold(SearchResultOpened)
def count_opened(events: Sequence[SearchResultOpened], unit: Unit) -> None:
    """Count results that were opened."""
    analytics.count([analytics.opened(event) for event in events], unit)


def _now(kind: str, item_id: str) -> Change:
    as_of = clock.now()
    document, version = projections.read(kind, item_id)
    return change_of(kind, item_id, document, version, as_of)
