"""Events of integrations."""

from typing import ClassVar

from lyceum.kit.event import Event


class StatementRecorded(Event):
    """Content said something of a learner, and it was kept."""

    name: ClassVar[str] = "statement.recorded"
    statement_id: str
    user_id: str


class PackageProgressed(Event):
    """A learner got further in a package: completed it, or reached a better score.

    - `lesson_id`, `course_id`: where it was played, if in a course.
    - `score`: the best so far, in thousandths of the whole.
    - `is_completed`: whether every unit is done with.
    """

    name: ClassVar[str] = "package.progressed"
    registration_id: str
    content_id: str
    user_id: str
    title: str
    is_completed: bool
    score: int | None = None
    lesson_id: str | None = None
    course_id: str | None = None
