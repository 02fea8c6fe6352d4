"""What changed in the courses of a user: each course has one feed for all who are in it, and a cursor a place in each.

A cursor that does not know a course yet begins at the end of its feed, so the parts themselves are read by their own
routes once; the feed says what became of them since.
"""

from collections.abc import Mapping, Sequence

from lyceum.kit.table import Entity, find
from lyceum.model.sync import CourseFeedChange, CourseFeedPosition

from functions.sync.schemas import Change

MOST = 50
"""How many courses a device is told of; of more, those that were entered last."""
LAST = f"{10**12 - 1:012d}"
Places = Mapping[str, int | None]
"""How far a device has read the feed of each course; None where it has not begun."""


def after(places: Places, changes: Sequence[Change]) -> Places:
    """Return the places with the courses that were entered, and without those that were left."""
    courses = dict(places)
    for change in changes:
        if change.type == "course":
            courses.pop(change.key, None)
            if not change.is_removed and change.value["state"] == "active":
                courses[change.key] = places.get(change.key)
    return dict(list(courses.items())[-MOST:])


def heads(places: Places) -> list[Entity]:
    """Name what says how far the feed of each course is."""
    return [CourseFeedPosition.at(course_id=course_id) for course_id in places]


def behind(places: Places, found: Sequence[Entity | None]) -> tuple[Places, dict[str, int]]:
    """Return the places, begun at the end of the feed where they were not, and the ends that lie behind them."""
    positions = [int(head.position) if isinstance(head, CourseFeedPosition) else 0 for head in found]
    ends = dict(zip(places, positions, strict=True))
    begun = {course_id: ends[course_id] if place is None else place for course_id, place in places.items()}
    return begun, {course_id: end for course_id, end in ends.items() if end > begun[course_id]}


def read(places: Places, ends: dict[str, int], limit: int) -> tuple[Places, list[Change], bool]:
    """Read on in the first feed that goes on (1 request): places, changes, and whether there is more in any."""
    course_id, end = next(iter(ends.items()))
    found = find(
        CourseFeedChange,
        course_id=course_id,
        from_sort=f"{(places[course_id] or 0) + 1:012d}",
        to_sort=LAST,
        limit=limit,
        consistent=True,
    )
    reached = int(found.items[-1].position) if found.items else end
    has_more = found.last_key is not None or len(ends) > 1
    return {**places, course_id: reached}, [_shown(row) for row in found.items], has_more


def _shown(row: CourseFeedChange) -> Change:
    value = {"courseId": row.course_id, "title": row.title, "dueAt": row.due_at}
    return Change(
        type=row.type,
        key=row.key,
        is_removed=bool(row.is_removed),
        changed_at=row.changed_at,
        value={name: each for name, each in value.items() if each is not None},
    )
