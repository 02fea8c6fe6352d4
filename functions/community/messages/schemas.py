"""What callers of messages send and get."""

from typing import Literal

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

from functions.community.writing.schemas import AuthorView, ChatText


class SendMessage(Request):
    """A message to one person."""

    to: Id
    content: ChatText


class MessageQuery(Listing):
    """What to list: conversations, or the messages of one.

    - `userId`: a person, for the messages between the caller and them, the latest first.
    """

    user_id: Id | None = None


class MarkRead(Request):
    """The last message that was read in the conversation with somebody; without one, all of them."""

    user_id: Id
    message_id: Id | None = None


class MakeBlock(Request):
    """Somebody whom one wants nothing from (`block`), or no news of whose messages (`mute`)."""

    user_id: Id
    mode: Literal["block", "mute"] = "block"


class BlockView(Schema):
    """Somebody who is blocked or muted."""

    user_id: str
    mode: Literal["block", "mute"]


class MessageView(Schema):
    """A message; `isOwn` says that the caller wrote it."""

    message_id: str
    sender: AuthorView
    content: str
    is_own: bool
    sent_at: Timestamp


class ConversationView(Schema):
    """A conversation in the caller's list: with whom, what came last, how many messages wait to be read.

    `userId` names it, also when the other account is gone.
    """

    user_id: str
    other: AuthorView
    last_message_id: str | None = None
    last_content: str | None = None
    last_at: Timestamp | None = None
    is_last_own: bool
    unread: int
    read_up_to: str | None = None


class ReadView(Schema):
    """How far a conversation is read, and what is unread in it and in all of them."""

    user_id: str
    read_up_to: str | None = None
    unread: int
    unread_in_all: int
