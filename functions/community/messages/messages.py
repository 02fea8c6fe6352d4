"""Direct messages: sent, listed, read; and whom somebody blocks or mutes.

Each message, its place in both lists and what its reader has unread are one transaction, so counts never drift.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from lyceum.events.community import MessageSent
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, RateLimited, rule_violation
from lyceum.kit.http import Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.kit.values.text import plain
from lyceum.model.community.messages import Block, Conversation, DirectMessage, MessageBox
from lyceum.model.community.questions import Poster
from lyceum.model.users.account import User

from functions.community.messages.schemas import (
    BlockView,
    ConversationView,
    MakeBlock,
    MarkRead,
    MessageQuery,
    MessageView,
    ReadView,
    SendMessage,
)
from functions.community.writing import contacts, filters, people

MOST_OPENED = 20
"""Conversations with somebody new that one opens on a day (UTC)."""
MOST_BLOCKS = 500
_ADMITTED_FOR = timedelta(hours=1)
_EXCERPT = 140
_COUNTED_AT_ONCE = 100


class _Desk(NamedTuple):
    """All that a message touches, in one read."""

    writer: User
    other: User
    poster: Poster
    mine: Conversation
    theirs: Conversation
    box: MessageBox
    is_muted: bool


def conversation_id(one: str, other: str) -> str:
    """Name the conversation of two people."""
    return "#".join(sorted((one, other)))


def send(caller: Principal, wanted: SendMessage) -> MessageView:
    """Send a message (1 storage request and a transaction; up to 6 more once an hour, to see what the two share).

    Raises Forbidden MAY_NOT_WRITE for whom one has nothing to do with or is blocked by, Conflict for whom one blocks,
    NotFound for nobody, RateLimited for too many new conversations on a day.
    """
    if wanted.to == caller.user_id:
        raise rule_violation("TO_ONESELF", "This is you.", field="to")
    return retry_on_conflict(lambda: _send(caller, wanted))


def _send(caller: Principal, wanted: SendMessage) -> MessageView:
    now, desk = clock.now(), _read(caller, wanted.to)
    unit = Unit()
    _admit(caller, desk, now, unit)
    filters.admit("chat", wanted.content, desk.poster, now, is_trusted=people.is_staff(caller))
    message = DirectMessage(
        conversation_id=conversation_id(caller.user_id, wanted.to),
        message_id=ids.new_id_after(desk.theirs.last_id),
        sender_id=caller.user_id,
        sender_name=people.shown_name(desk.writer),
        text=wanted.content,
    )
    told = MessageSent(
        message_id=message.message_id,
        conversation_id=message.conversation_id,
        sender_id=caller.user_id,
        sender_name=message.sender_name,
        user_id=wanted.to,
        is_first_unread=not desk.theirs.unread,
        is_muted=desk.is_muted,
    )
    unit.create(message, told).save(desk.poster)
    for row, other, is_own in ((desk.mine, desk.other, True), (desk.theirs, desk.writer, False)):
        row.other_name, row.is_last_own = people.shown_name(other), is_own
        row.last_id, row.last_text, row.last_at = message.message_id, plain(wanted.content)[:_EXCERPT], now
    desk.theirs.unread += 1
    unit.save(desk.mine).save(desk.theirs)
    unit.change(MessageBox.at(user_id=wanted.to), MessageBox.unread.add(1), or_create=True).commit()
    return view(caller, message)


def _read(caller: Principal, other_id: str) -> _Desk:
    user_id = caller.user_id
    user, other, poster, mine, theirs, box, own_block, their_block = batch_fetch(
        [
            User.at(user_id=user_id),
            User.at(user_id=other_id),
            Poster.at(user_id=user_id),
            Conversation.at(user_id=user_id, other_id=other_id),
            Conversation.at(user_id=other_id, other_id=user_id),
            MessageBox.at(user_id=user_id),
            Block.at(user_id=user_id, other_id=other_id),
            Block.at(user_id=other_id, other_id=user_id),
        ],
        consistent=True,
    )
    if not isinstance(user, User):
        raise people.gone()
    reader = contacts.present(other)
    if isinstance(own_block, Block) and own_block.mode == "block":
        raise Conflict("You block this person. Take the block away first.", code="BLOCKED_BY_YOU")
    if isinstance(their_block, Block) and their_block.mode == "block":
        raise contacts.refused()
    return _Desk(
        user,
        reader,
        poster if isinstance(poster, Poster) else Poster(user_id=user_id),
        mine if isinstance(mine, Conversation) else Conversation(user_id=user_id, other_id=other_id),
        theirs if isinstance(theirs, Conversation) else Conversation(user_id=other_id, other_id=user_id),
        box if isinstance(box, MessageBox) else MessageBox(user_id=user_id),
        isinstance(their_block, Block),
    )


def _admit(caller: Principal, desk: _Desk, now: datetime, unit: Unit) -> None:
    """See what the two share, unless that was seen within the hour, and count a new conversation."""
    if desk.mine.admitted_until is None or desk.mine.admitted_until <= now:
        contacts.require(desk.writer, desk.other)
        desk.mine.admitted_until = now + _ADMITTED_FOR
    if desk.mine.last_id is None and not people.is_staff(caller):
        today = now.date().isoformat()
        opened = int(desk.box.opened) if desk.box.opened_on == today else 0
        if opened >= MOST_OPENED:
            seconds = int(timedelta(days=1).total_seconds() - (now.hour * 3600 + now.minute * 60 + now.second))
            raise RateLimited("You wrote to many new people today.", retry_after_seconds=seconds)
        desk.box.opened_on, desk.box.opened = today, opened + 1
        unit.save(desk.box)


def listed(caller: Principal, query: MessageQuery) -> Page[ConversationView | MessageView]:
    """Return a page of conversations by their last message, or of the messages of one (2 storage requests)."""
    if query.user_id is not None:
        return _of_one(caller, query, query.user_id)
    found = find(
        Conversation,
        index="gsi1",
        user_id=caller.user_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
    )
    box = MessageBox.fetch(user_id=caller.user_id)
    return query.page(found, conversation_view, unread=int(box.unread) if box else 0)


def _of_one(caller: Principal, query: MessageQuery, other_id: str) -> Page[ConversationView | MessageView]:
    row = Conversation.fetch(user_id=caller.user_id, other_id=other_id)
    visible = DirectMessage.held.does_not_exist() | (DirectMessage.sender_id == caller.user_id)
    found = find(
        DirectMessage,
        conversation_id=conversation_id(caller.user_id, other_id),
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=visible,
    )
    return query.page(found, lambda each: view(caller, each), unread=int(row.unread) if row else 0)


def mark_read(caller: Principal, wanted: MarkRead) -> ReadView:
    """Mark a conversation read up to a message; a mark never goes back (2 to 3 requests and a transaction).

    Raises NotFound when there is no such conversation.
    """
    return retry_on_conflict(lambda: _mark_read(caller, wanted))


def _mark_read(caller: Principal, wanted: MarkRead) -> ReadView:
    row, box = fetch_many(
        Conversation.at(user_id=caller.user_id, other_id=wanted.user_id),
        MessageBox.at(user_id=caller.user_id),
        consistent=True,
    )
    if row is None or row.last_id is None:
        raise NotFound("There is no such conversation.")
    upto = min(wanted.message_id or row.last_id, row.last_id)
    in_all = int(box.unread) if box else 0
    if row.read_up_to is not None and upto <= row.read_up_to:
        return ReadView(user_id=wanted.user_id, read_up_to=row.read_up_to, unread=row.unread, unread_in_all=in_all)
    before = int(row.unread)
    row.unread = 0 if upto == row.last_id else min(before, _left(caller, wanted.user_id, upto))
    row.read_up_to = upto
    unit = Unit().save(row)
    change = int(row.unread) - before
    if change:
        unit.change(MessageBox.at(user_id=caller.user_id), MessageBox.unread.add(change), or_create=True)
    unit.commit()
    return ReadView(user_id=wanted.user_id, read_up_to=upto, unread=row.unread, unread_in_all=in_all + change)


def _left(caller: Principal, other_id: str, upto: str) -> int:
    """Count the other's messages after one."""
    count, after = 0, None
    while True:
        found = find(
            DirectMessage,
            conversation_id=conversation_id(caller.user_id, other_id),
            from_sort=upto,
            limit=_COUNTED_AT_ONCE,
            after=after,
            consistent=True,
        )
        count += sum(each.message_id > upto and each.sender_id != caller.user_id for each in found.items)
        after = found.last_key
        if after is None:
            return count


def block(caller: Principal, wanted: MakeBlock) -> BlockView:
    """Block or mute somebody, or change from one to the other (2 requests); they are not told."""
    if wanted.user_id == caller.user_id:
        raise rule_violation("TO_ONESELF", "This is you.", field="userId")
    if User.fetch(user_id=wanted.user_id) is None:
        raise NotFound("There is no such user.")
    Unit().put(Block(user_id=caller.user_id, other_id=wanted.user_id, mode=wanted.mode)).commit()
    return BlockView(user_id=wanted.user_id, mode=wanted.mode)


def unblock(caller: Principal, user_id: str) -> None:
    """Take a block or mute away; raises NotFound when there is none."""
    missing = NotFound("You do not block this person.")
    Unit().remove(Block.at(user_id=caller.user_id, other_id=user_id), when=Block.pk.exists(), refuse=missing).commit()


def view(caller: Principal, message: DirectMessage) -> MessageView:
    """Show a message to one of the two."""
    return MessageView(
        message_id=message.message_id,
        sender=people.author(message.sender_id, message.sender_name),
        content=message.text,
        is_own=message.sender_id == caller.user_id,
        sent_at=message.created_at,
    )


def conversation_view(row: Conversation) -> ConversationView:
    """Show a conversation in its owner's list."""
    return ConversationView(
        user_id=row.other_id,
        other=people.author(row.other_id if row.other_name else None, row.other_name),
        last_message_id=row.last_id,
        last_content=row.last_text,
        last_at=row.last_at,
        is_last_own=bool(row.is_last_own),
        unread=int(row.unread),
        read_up_to=row.read_up_to,
    )
