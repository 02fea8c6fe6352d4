"""A question as it is seen, without and with what is right."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.rules.questions.views import ContentView, KeyedContent

Reason = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]


class QuestionView(ContentView):
    """A question as everybody may see it: without what is right."""

    question_id: str
    topic_id: str
    course_id: str
    department_id: str | None = None
    level: int | None = None
    subject: str | None = None
    type: str
    stem: str
    hints: list[str]
    difficulty: str
    marks: Decimal
    tags: list[str]
    year: int | None = None
    exam_body: str | None = None
    source: str | None = None
    passage_id: str | None = None
    status: str
    revision: int
    author_id: str
    version: int
    created_at: Timestamp


class CommentView(Schema):
    """What a moderator said: approved, rejected (with the reason) or a comment."""

    comment_id: str
    moderator_id: str
    verdict: str
    text: str | None = None
    created_at: Timestamp


class Keyed(KeyedContent, QuestionView):
    """A question as its author and moderators see it: with what is right and why; others get none of those fields."""

    rejection_reason: str | None = None
    exclusion_ids: Annotated[list[str] | None, Field(alias="enemyIds")] = None
    is_shared: bool | None = None
    comments: list[CommentView] | None = None


class ReadKey(Request):
    """Why a moderator reads what is right in somebody else's question; it stands in the audit log.

    - `reason`: why; without one the answer says nothing of the key, unless the question waits for a moderator.
    """

    reason: Reason | None = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class Removed(Schema):
    """A question that is retired."""

    question_id: str
    status: str
