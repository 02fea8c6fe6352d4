"""A few items by their names in one request, each with its own type."""

from typing import assert_type

import pytest

from lyceum.kit import context
from lyceum.kit.table import Unit, fetch_many
from lyceum.kit.table.entity import Entity, Keys, UnknownKind
from lyceum.model.notifications.inbox import InboxCounter, Notification


class Impostor(Entity, discriminator="test_impostor"):
    """Stands where an inbox should."""

    keys = InboxCounter.keys
    noun = "impostor"

    user_id = InboxCounter.user_id


def test_items_come_in_the_order_and_with_the_types_of_their_names(tenant: str) -> None:
    Unit().create(InboxCounter(user_id="ada", total=3)).create(InboxCounter(user_id="eve", total=5)).commit()
    with context.working(context.RequestContext(tenant)) as work:
        found = fetch_many(
            InboxCounter.at(user_id="eve"),
            Notification.at(user_id="ada", notification_id="n"),
            InboxCounter.at(user_id="ada"),
            InboxCounter.at(user_id="eve"),
            consistent=True,
        )
    assert_type(found, tuple[InboxCounter | None, Notification | None, InboxCounter | None, InboxCounter | None])
    first, second, third, fourth = found
    assert first and third and fourth
    assert (first.total, second, third.total, fourth.total) == (5, None, 3, 5)
    assert work.usage.operations == ["BatchGetItem"]


def test_an_item_of_another_kind_is_not_passed_off_as_the_one_named(tenant: str) -> None:
    Unit().create(Impostor(user_id="ada")).commit()
    with pytest.raises(UnknownKind, match="Impostor"):
        fetch_many(InboxCounter.at(user_id="ada"))


__all__ = ["Keys"]
