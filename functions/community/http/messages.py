"""Direct messages and study groups over HTTP."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, Page, Query
from lyceum.kit.http.schemas import Removed
from lyceum.rules.sessions import recheck

from functions.community.groups import chat, groups
from functions.community.groups.schemas import (
    AddMember,
    GroupMessageView,
    GroupQuery,
    GroupView,
    JoinGroup,
    MakeGroup,
    MemberView,
    MessagesQuery,
    SendGroupMessage,
)
from functions.community.messages import messages
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

api = Api("community", recheck=recheck)
handler = api.handler


@api.post("/api/messages", access=USER, status=201, limit="60/minute", idempotent=True, refuses=(429,))
def send_message(caller: Caller, body: SendMessage) -> MessageView:
    """Write to somebody whom one has to do with."""
    return messages.send(caller, body)


@api.get("/api/messages", access=USER)
def list_messages(caller: Caller, query: Annotated[MessageQuery, Query()]) -> Page[ConversationView | MessageView]:
    """List one's conversations by their last message, or the messages of one."""
    return messages.listed(caller, query)


@api.post("/api/messages/read", access=USER)
def mark_messages_read(caller: Caller, body: MarkRead) -> ReadView:
    """Mark a conversation read up to a message."""
    return messages.mark_read(caller, body)


@api.post("/api/blocks", access=USER, limit="60/hour")
def set_block(caller: Caller, body: MakeBlock) -> BlockView:
    """Block somebody, or mute them."""
    return messages.block(caller, body)


@api.delete("/api/blocks/{userId}", access=USER)
def remove_block(caller: Caller, user_id: str) -> Removed:
    """Take a block or mute away."""
    messages.unblock(caller, user_id)
    return Removed(id=user_id)


@api.post("/api/groups", access=USER, status=201, limit="10/hour", idempotent=True)
def make_group(caller: Caller, body: MakeGroup) -> GroupView:
    """Make a study group."""
    return groups.make(caller, body)


@api.get("/api/groups", access=USER)
def list_groups(caller: Caller, query: Annotated[GroupQuery, Query()]) -> Page[GroupView]:
    """List one's own study groups, or one of them with its members."""
    return query.page(groups.own(caller, query), lambda group: group)


@api.post("/api/groups/join", access=USER, limit="20/hour")
def register_in_group(caller: Caller, body: JoinGroup) -> GroupView:
    """Join a study group by its code."""
    return groups.join(caller, body)


@api.post("/api/groups/{groupId}/members", access=USER, limit="60/hour")
def add_group_member(caller: Caller, group_id: str, body: AddMember | None = None) -> MemberView:
    """Invite somebody to a group, give a member another role, or accept an invitation."""
    return groups.add(caller, group_id, body or AddMember())


@api.delete("/api/groups/{groupId}/members/{userId}", access=USER)
def remove_group_member(caller: Caller, group_id: str, user_id: str) -> Removed:
    """Leave a group, or remove a member."""
    groups.remove(caller, group_id, user_id)
    return Removed(id=user_id)


@api.post("/api/groups/{groupId}/messages", access=USER, status=201, limit="60/minute", idempotent=True)
def send_group_message(caller: Caller, group_id: str, body: SendGroupMessage) -> GroupMessageView:
    """Write in a group; its members see it live."""
    return chat.send(caller, group_id, body)


@api.get("/api/groups/{groupId}/messages", access=USER)
def list_group_messages(
    caller: Caller, group_id: str, query: Annotated[MessagesQuery, Query()]
) -> Page[GroupMessageView]:
    """List the messages of a group, the latest first."""
    return query.page(chat.history(caller, group_id, query), lambda message: chat.view(caller, message))
