"""The chat of a group: for its members alone, pushed live to those who follow the topic of the group."""

from lyceum.events.community import GroupMessageSent
from lyceum.kit import clock, ids
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.community.groups import GroupMessage

from functions.community.groups import groups
from functions.community.groups.schemas import GroupMessageView, MessagesQuery, SendGroupMessage
from functions.community.writing import filters, people


def send(caller: Principal, group_id: str, wanted: SendGroupMessage) -> GroupMessageView:
    """Write in a group (2 storage requests and a transaction); raises NotFound for who is no member."""
    return view(caller, retry_on_conflict(lambda: _send(caller, group_id, wanted)))


def _send(caller: Principal, group_id: str, wanted: SendGroupMessage) -> GroupMessage:
    groups.active_member(caller, group_id)
    user, poster = people.writer(caller)
    filters.admit("chat", wanted.content, poster, clock.now(), is_trusted=people.is_staff(caller))
    message = GroupMessage(
        group_id=group_id,
        message_id=ids.new_id(),
        sender_id=caller.user_id,
        sender_name=people.shown_name(user),
        text=wanted.content,
    )
    told = GroupMessageSent(group_id=group_id, message_id=message.message_id, sender_id=caller.user_id)
    Unit().create(message, told).save(poster).commit()
    return message


def history(caller: Principal, group_id: str, query: MessagesQuery) -> Slice[GroupMessage]:
    """Return a page of a group's messages, the latest first (2 requests); raises NotFound for who is no member."""
    groups.active_member(caller, group_id)
    visible = GroupMessage.held.does_not_exist() | (GroupMessage.sender_id == caller.user_id)
    return find(
        GroupMessage, group_id=group_id, limit=query.limit, after=query.start_key(), descending=True, where=visible
    )


def view(caller: Principal, message: GroupMessage) -> GroupMessageView:
    """Show a message in a group."""
    return GroupMessageView(
        message_id=message.message_id,
        sender=people.author(message.sender_id, message.sender_name),
        content=message.text,
        is_own=message.sender_id == caller.user_id,
        sent_at=message.created_at,
    )
