"""The inbox: newest first, with counts that stay right however often and wherever one reads, marks and deletes.

A message is read when it says so itself, or when it is of an earlier generation than its inbox: to mark all of them
read is one write, however many there are. Every change of a message changes the counter in the same transaction, on
condition that the generation has not moved since it was read; one that has moved is looked at again.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.http import Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Slice, Unit, batch_fetch, find
from lyceum.model.notifications.inbox import InboxCounter, Notification
from lyceum.tasks.notifications import NoteCampaignRead

from functions.notifications.inbox.inbox_writer import is_unread, same_generation
from functions.notifications.kinds import CAMPAIGN
from functions.notifications.schemas import Counts, InboxQuery, Marked, Message

T = TypeVar("T")
_TRIES = 4


class _Moved(Conflict):
    """Somebody changed these messages or their inbox at the same moment."""

    def __init__(self) -> None:
        super().__init__("Your inbox is being changed elsewhere. Try again.")


def page(caller: Principal, query: InboxQuery) -> Page[Message]:
    """Return a page of the caller's messages with the counts of the whole inbox, in two requests.

    The unread are counted whatever the type; a total is told of the whole inbox only, not of one type.
    """
    found = _messages(caller, query)
    inbox = _inbox(caller)
    total = int(inbox.total) if query.type is None else None
    return query.page(found, lambda message: view(message, inbox), total=total, unread=int(inbox.unread))


def _inbox(caller: Principal) -> InboxCounter:
    return InboxCounter.fetch(user_id=caller.user_id, consistent=True) or InboxCounter(user_id=caller.user_id)


def _messages(caller: Principal, query: InboxQuery) -> Slice[Notification]:
    after = query.start_key()
    if query.type is None:
        return find(Notification, user_id=caller.user_id, limit=query.limit, after=after, descending=True)
    return find(
        Notification,
        index="gsi1",
        user_id=caller.user_id,
        type=query.type,
        limit=query.limit,
        after=after,
        descending=True,
    )


def view(message: Notification, inbox: InboxCounter) -> Message:
    """Show a message; one that was read with all others was read when that was done the last time."""
    shown = Message.model_validate(message)
    if shown.read_at is None and not is_unread(message, inbox):
        shown.read_at = inbox.read_all_at
    return shown


def mark_read(caller: Principal, notification_id: str) -> Message:
    """Mark a message read; a second time changes nothing. Raises NotFound for a message that is not the caller's."""

    def mark(messages: list[Notification], inbox: InboxCounter) -> Message:
        (message,) = messages or _missing()
        _mark([message], inbox)
        return view(message, inbox)

    return _settled(caller.user_id, [notification_id], mark)


def mark_some(caller: Principal, notification_ids: Sequence[str]) -> Marked:
    """Mark messages read; those that are not the caller's are named and change nothing."""

    def mark(messages: list[Notification], inbox: InboxCounter) -> Marked:
        marked = _mark(messages, inbox)
        known = {message.notification_id for message in messages}
        missing = [name for name in dict.fromkeys(notification_ids) if name not in known]
        return Marked(marked=marked, missing=missing, unread=int(inbox.unread) - marked, total=int(inbox.total))

    return _settled(caller.user_id, notification_ids, mark)


def mark_all(caller: Principal) -> Counts:
    """Mark every message read, in one write."""
    inbox = InboxCounter.at(user_id=caller.user_id)
    actions = [InboxCounter.generation.add(1), InboxCounter.unread.set(0), InboxCounter.read_all_at.set(clock.now())]
    with suppress(ConditionFailed):  # nothing waits to be read
        Unit().change(inbox, *actions, when=InboxCounter.unread > 0).commit()
        return Counts(unread=0, total=int(inbox.total))
    return Counts(unread=0, total=int(_inbox(caller).total))


def delete(caller: Principal, notification_id: str) -> Counts:
    """Delete a message; raises NotFound for one that is not the caller's."""

    def act(messages: list[Notification], inbox: InboxCounter) -> Counts:
        (message,) = messages or _missing()
        return remove_counted([message], inbox)

    return _settled(caller.user_id, [notification_id], act)


def remove(user_id: str, notification_ids: Sequence[str]) -> None:
    """Remove those of somebody's messages (at most 99) that are there still, with their counts."""

    def act(found: list[Notification], inbox: InboxCounter) -> None:
        if found:
            remove_counted(found, inbox)

    _settled(user_id, notification_ids, act)


def remove_counted(messages: Sequence[Notification], inbox: InboxCounter) -> Counts:
    """Delete messages of one inbox (at most 99) and take them off its counts.

    Raises Conflict when they changed meanwhile.
    """
    unit = Unit()
    for message in messages:
        unit.remove(message, when=Notification.version == message.version, refuse=_Moved())
    unread = sum(is_unread(message, inbox) for message in messages)
    _count(unit, inbox, InboxCounter.total.add(-len(messages)), InboxCounter.unread.add(-unread))
    unit.commit()
    return Counts(unread=int(inbox.unread) - unread, total=int(inbox.total) - len(messages))


def _mark(messages: Iterable[Notification], inbox: InboxCounter) -> int:
    """Mark those of the messages read that are not, and return how many."""
    unit, now = Unit(), clock.now()
    unread = [message for message in messages if is_unread(message, inbox)]
    for message in unread:
        of_campaign = message.data.get("campaignId") if message.type == CAMPAIGN.type else None
        told = [NoteCampaignRead(campaign_id=of_campaign)] if of_campaign else []
        is_new = Notification.read_at.does_not_exist()
        unit.change(message, Notification.read_at.set(now), when=is_new, events=told, refuse=_Moved())
        message.read_at = now
    if unread:
        _count(unit, inbox, InboxCounter.unread.add(-len(unread)))
        unit.commit()
    return len(unread)


def _count(unit: Unit, inbox: InboxCounter, *actions: object) -> None:
    unit.change(InboxCounter.at(user_id=inbox.user_id), *actions, when=same_generation(inbox), refuse=_Moved())  # type: ignore[arg-type]


def _settled(user_id: str, notification_ids: Sequence[str], act: Callable[[list[Notification], InboxCounter], T]) -> T:
    """Read messages and their inbox in one request and act on them, again when they changed in between."""
    for attempt in range(_TRIES):
        names = [Notification.at(user_id=user_id, notification_id=name) for name in dict.fromkeys(notification_ids)]
        inbox, *found = batch_fetch([InboxCounter.at(user_id=user_id), *names], consistent=True)
        counter = inbox if isinstance(inbox, InboxCounter) else InboxCounter(user_id=user_id)
        try:
            return act([message for message in found if isinstance(message, Notification)], counter)
        except _Moved:
            if attempt == _TRIES - 1:
                raise
    raise _Moved


def _missing() -> list[Notification]:
    raise NotFound("There is no such notification.")
