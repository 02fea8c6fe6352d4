"""What callers of groups send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line

from functions.community.writing.schemas import AuthorView, ChatText

Role = Literal["owner", "moderator", "member"]


class MakeGroup(Request):
    """A study group."""

    name: Annotated[Line, StringConstraints(max_length=80)]
    description: Annotated[Line, StringConstraints(max_length=200)] | None = None
    subject: Annotated[Line, StringConstraints(max_length=80)] | None = None
    most_members: Annotated[int, Field(ge=2, le=100)] = 30


class GroupQuery(Listing):
    """Which of the caller's groups to list.

    - `groupId`: this one alone, with its members.
    """

    group_id: Id | None = None


class AddMember(Request):
    """Somebody to invite, or whose role to change; without a person, the caller accepts an invitation."""

    user_id: Id | None = None
    role: Literal["moderator", "member"] | None = None


class JoinGroup(Request):
    """The code of a group."""

    code: Annotated[str, StringConstraints(min_length=8, max_length=8, strip_whitespace=True, to_upper=True)]


class SendGroupMessage(Request):
    """A message to a group."""

    content: ChatText


class MemberView(Schema):
    """Somebody in a group."""

    user_id: str
    name: str
    role: Role
    state: Literal["active", "invited"]
    joined_at: Timestamp | None = None


class GroupView(Schema):
    """A group as one of its members, or somebody who is invited, sees it; the code is for members alone."""

    group_id: str
    name: str
    description: str | None = None
    subject: str | None = None
    owner_id: str
    role: Role
    state: Literal["active", "invited"]
    member_count: int
    most_members: int
    join_code: str | None = None
    created_at: Timestamp
    members: list[MemberView] | None = None


class GroupMessageView(Schema):
    """A message in a group."""

    message_id: str
    sender: AuthorView
    content: str
    is_own: bool
    sent_at: Timestamp


class MessagesQuery(Listing):
    """Which page of a group's messages to return, the latest first."""
