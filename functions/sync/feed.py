"""A user's feed: what changed for them, in one order that no row is ever put into behind somebody who has read on.

The position is raised in the transaction that writes its row. So whoever reads position n sees every row up to it,
which no clock could promise of writers that run at the same time.
"""

from datetime import timedelta
from typing import Literal

from lyceum.kit import clock
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.sync import SyncChange, SyncPlace, SyncPosition

Kind = Literal["note", "bookmark", "review", "course", "preferences"]
KEPT = timedelta(days=90)
"""How long a row is kept; a device that was away for longer begins with a snapshot."""
_TRIES = 12


def add(user_id: str, kind: Kind, key: str) -> None:
    """Say that a thing changed, or went (1 read and 1 transaction); its earlier row goes, so the feed stays short.

    Raises Conflict when others write to the same feed all the time; said twice, it is a row further on and no harm.
    """
    retry_on_conflict(lambda: _add(user_id, kind, key), tries=_TRIES)


def _add(user_id: str, kind: Kind, key: str) -> None:
    found, earlier = fetch_many(
        SyncPosition.at(user_id=user_id), SyncPlace.at(user_id=user_id, type=kind, key=key), consistent=True
    )
    position = found or SyncPosition(user_id=user_id)
    place = earlier or SyncPlace(user_id=user_id, type=kind, key=key)
    number = int(position.position) + 1
    unit = Unit()
    if earlier is not None:
        unit.remove(SyncChange.at(user_id=user_id, position=int(earlier.position)))
    position.position = place.position = number
    place.ttl = KEPT
    row = SyncChange(user_id=user_id, position=number, type=kind, key=key, changed_at=clock.now(), ttl=KEPT)
    unit.save(position).save(place).create(row).commit()
