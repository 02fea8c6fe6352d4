"""What callers of discussions send and get."""

from typing import Annotated

from pydantic import StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.pages import Pagination
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line

from functions.community.writing.schemas import AuthorView, HeldReason, Text


class StartDiscussion(Request):
    """A discussion on a question of the bank."""

    question_id: Id
    title: Annotated[Line, StringConstraints(min_length=3, max_length=200)]
    text: Text


class WriteReply(Request):
    """A reply in a discussion."""

    text: Text


class SetUpvote(Request):
    """Whether the caller's upvote is to be there; without a word it changes to the other."""

    is_upvoted: bool | None = None


class RepliesQuery(Listing):
    """Which page of a discussion's replies comes with it."""


class DiscussionView(Schema):
    """A discussion without its replies."""

    discussion_id: str
    question_id: str
    title: str
    text: str
    author: AuthorView
    reply_count: int
    upvote_count: int
    created_at: Timestamp
    last_reply_at: Timestamp | None = None
    held_for: list[HeldReason] | None = None


class ReplyView(Schema):
    """A reply."""

    reply_id: str
    discussion_id: str
    text: str
    author: AuthorView
    created_at: Timestamp
    held_for: list[HeldReason] | None = None


class DiscussionPage(DiscussionView):
    """A discussion with a page of its replies, the oldest first."""

    replies: list[ReplyView]
    replies_pagination: Pagination


class UpvoteView(Schema):
    """Whether the caller's upvote is there now, and how many there are."""

    discussion_id: str
    is_upvoted: bool
    upvote_count: int
