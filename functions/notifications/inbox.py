"""The inbox: newest first, with counts that stay right however often one reads."""

from contextlib import suppress

from lyceum import clock
from lyceum.errors import Conflict
from lyceum.http import Page
from lyceum.identity import Principal
from lyceum.model import InboxCounter, Notification
from lyceum.table import Slice, Unit, find

from notifications.schemas import InboxQuery, Message


class _ReadAlready(Conflict):
    def __init__(self) -> None:
        super().__init__("read already")


def page(caller: Principal, query: InboxQuery) -> Page[Message]:
    """Return a page of the caller's messages with the counts of the whole inbox, in two requests.

    The unread are counted whatever the type; a total is told of the whole inbox only, not of one type.
    """
    found = _messages(caller, query)
    counter = InboxCounter.fetch(user_id=caller.user_id) or InboxCounter()
    total = int(counter.total) if query.type is None else None
    return query.page(found, Message.model_validate, total=total, unread=int(counter.unread))


def _messages(caller: Principal, query: InboxQuery) -> Slice[Notification]:
    after = query.start_key()
    if query.type is None:
        return find(Notification, user_id=caller.user_id, limit=query.limit, after=after, descending=True)
    return find(Notification, index="gsi1", user_id=caller.user_id, type=query.type, limit=query.limit, after=after, descending=True)


def mark_read(caller: Principal, notification_id: str) -> Message:
    """Mark a message read; a second time changes nothing. Raises NotFound for a message that is not the caller's."""
    message = Notification.at(user_id=caller.user_id, notification_id=notification_id)
    unit = Unit().change(message, Notification.read_at.set(clock.now()), when=Notification.read_at.does_not_exist(), refuse=_ReadAlready())
    unit.change(InboxCounter.at(user_id=caller.user_id), InboxCounter.unread.add(-1))
    with suppress(_ReadAlready):
        unit.commit()
    return Message.model_validate(Notification.require(user_id=caller.user_id, notification_id=notification_id, consistent=True))
