"""Keeps the directory of people and the counts of accounts in step with what happens to them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from lyceum.events.users import UserDeleted, UserRegistered, UserRenamed, UserRoleChanged
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount

from functions.users import user_directory

consumer = Consumer("users-directory")
handler = consumer.handler


@consumer.fold(UserRegistered)
def enter(events: Sequence[UserRegistered], unit: Unit) -> None:
    """Enter new accounts, and count them."""
    _update((event.user_id for event in events), unit)
    _count(Counter(group for event in events for group in ("all", event.role)), unit)


@consumer.fold(UserRenamed)
def rename(events: Sequence[UserRenamed], unit: Unit) -> None:
    """Enter accounts under their new names, and no more under the old."""
    _update((event.user_id for event in events), unit)


@consumer.fold(UserDeleted)
def leave(events: Sequence[UserDeleted], unit: Unit) -> None:
    """Strike deleted accounts out, and count them no more."""
    _update((event.user_id for event in events), unit)
    counts = Counter(group for event in events for group in ("all", event.role))
    _count({group: -count for group, count in counts.items()}, unit)


@consumer.fold(UserRoleChanged)
def move(events: Sequence[UserRoleChanged], unit: Unit) -> None:
    """Count accounts under their new roles."""
    counts = Counter(event.new_role for event in events)
    counts.subtract(event.old_role for event in events)
    _count(counts, unit)


def _update(user_ids: Iterable[str], unit: Unit) -> None:
    unique = list(dict.fromkeys(user_ids))
    found = batch_fetch([User.at(user_id=user_id) for user_id in unique], consistent=True)
    for user_id, user in zip(unique, found, strict=True):
        user_directory.update_entries(user_id, user if isinstance(user, User) else None, unit)


def _count(counts: dict[str, int], unit: Unit) -> None:
    for group, count in counts.items():
        if count:
            unit.change(
                UserCount.at(group=group), UserCount.group.set(group), UserCount.total.add(count), or_create=True
            )
