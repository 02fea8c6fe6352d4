"""`search.refresh`, `search.refresh_course` and `search.note`."""

from typing import ClassVar

from lyceum.kit.event import PagedTask, Task


class RefreshDocument(Task):
    """Let the search show an item as it is stored now; the table's stream orders it.

    - `kind`, `item_id`: what is found; of a lesson's text, the lesson.
    - `item_version`: which write of the item it follows.
    - `concerns_parts`: whether what belongs to it may be visible or not from now on.
    """

    name: ClassVar[str] = "search.refresh"
    worker: ClassVar[str] = "search-events"
    kind: str
    item_id: str
    item_version: int = 0
    concerns_parts: bool = False


class RefreshCourse(PagedTask):
    """Let the search show the topics and lessons of a course as they are now."""

    name: ClassVar[str] = "search.refresh_course"
    worker: ClassVar[str] = "search-events"
    course_id: str


class NoteSearch(Task):
    """Count a search, or a result that was opened.

    - `query`: the words, folded.
    - `person`: a pseudonym of who asked, none for somebody unknown.
    """

    name: ClassVar[str] = "search.note"
    worker: ClassVar[str] = "search-events"
    query: str
    is_empty: bool = False
    is_opened: bool = False
    person: str | None = None
