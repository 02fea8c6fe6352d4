"""Feeds: what changed for a user or in a course, in one order that no row is ever put into behind who has read on.

The position is raised in the transaction that writes its row. So whoever reads position n sees every row up to it,
which no clock could promise of writers that run at the same time. The earlier row of the same thing goes, so that a
feed stays short.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from lyceum.kit import clock
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.sync import (
    CourseFeedChange,
    CourseFeedPlace,
    CourseFeedPosition,
    SyncChange,
    SyncPlace,
    SyncPosition,
)

Kind = Literal["note", "bookmark", "review", "course", "preferences"]
Part = Literal["lesson", "lessonOrder", "assignment", "quiz", "announcement", "courseCard"]
KEPT = timedelta(days=90)
"""How long a row is kept; a device that was away for longer begins with a snapshot."""
_TRIES = 12


def add(user_id: str, kind: Kind, key: str) -> None:
    """Say that a thing of a user changed, or went (1 read and 1 transaction).

    Raises Conflict when others write to the same feed all the time; said twice, it is a row further on and no harm.
    """
    retry_on_conflict(lambda: _add(user_id, kind, key), tries=_TRIES)


def add_to_course(course_id: str, part: Part, key: str, at: datetime, **shown: Any) -> None:
    """Say that a part of a course changed, or went; costs and raises what `add` does.

    `shown` are `title`, `due_at` and `is_removed` of the row. Events come in any order: what is older (`at`) than what
    was told of the same part is left out.
    """
    retry_on_conflict(lambda: _add_to_course(course_id, part, key, at, shown), tries=_TRIES)


def _add(user_id: str, kind: Kind, key: str) -> None:
    found, earlier = fetch_many(
        SyncPosition.at(user_id=user_id), SyncPlace.at(user_id=user_id, type=kind, key=key), consistent=True
    )
    unit = Unit()
    if earlier is not None:
        unit.remove(SyncChange.at(user_id=user_id, position=int(earlier.position)))
    row = SyncChange(user_id=user_id, type=kind, key=key)
    _append(
        unit, found or SyncPosition(user_id=user_id), earlier or SyncPlace(user_id=user_id, type=kind, key=key), row
    )


def _add_to_course(course_id: str, part: Part, key: str, at: datetime, shown: dict[str, Any]) -> None:
    about: dict[str, Any] = {"course_id": course_id, "type": part, "key": key}
    found, earlier = fetch_many(
        CourseFeedPosition.at(course_id=course_id), CourseFeedPlace.at(**about), consistent=True
    )
    if earlier is not None and earlier.told_at > at:
        return
    unit = Unit()
    if earlier is not None:
        unit.remove(CourseFeedChange.at(course_id=course_id, position=int(earlier.position)))
    position = found or CourseFeedPosition(course_id=course_id)
    row = CourseFeedChange(**about, **shown)
    if part == "courseCard" and row.is_removed:
        position.ttl = KEPT
    place = earlier or CourseFeedPlace(**about)
    place.told_at = at
    _append(unit, position, place, row)


def _append(
    unit: Unit,
    position: SyncPosition | CourseFeedPosition,
    place: SyncPlace | CourseFeedPlace,
    row: SyncChange | CourseFeedChange,
) -> None:
    position.position = place.position = row.position = int(position.position) + 1
    place.ttl = row.ttl = KEPT
    row.changed_at = clock.now()
    unit.save(position).save(place).create(row).commit()
