"""Which questions to list."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from lyceum.kit.http import Listing
from lyceum.kit.http.schemas import Id, named, read_as
from lyceum.rules.questions.types import Difficulty, QuestionType

Status = Literal["draft", "pending", "approved", "rejected", "retired"]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
_SORTS = ("createdAt", "difficulty", "year", "marks", "type")
_SORT = rf"-?({'|'.join(_SORTS)})"


class QuestionFilter(Listing):
    """Which questions to list; only staff may ask for others than the approved ones, authors for their own and shared.

    Lists are read by the narrowest of topic, course, author, subject and department; further filters leave out what
    does not match, so a page may be short while `nextCursor` says go on. In any other order than that of creation, a
    list of at most a thousand questions (or 3 MB) is sorted as a whole, and a longer one is refused.

    - `status`: only questions in this state.
    - `shared`: of drafts and of what waits for a moderator, only those whose authors share them.
    - `subject`: only questions of this subject.
    - `level`: only questions of courses of this level.
    - `difficulty`: only questions of this difficulty.
    - `type`: only questions of this type.
    - `tag`: only questions with this tag.
    - `year`: only questions of this year's papers.
    - `examBody`: only questions of this examination body.
    - `createdFrom`: only questions written at this time or later.
    - `createdTo`: only questions written before this time.
    """

    status: Status = "approved"
    topic_id: Annotated[Id | None, named("topicId", "topic")] = None
    course_id: Id | None = None
    department_id: Id | None = None
    author_id: Id | None = None
    is_shared: Annotated[bool, Field(alias="shared")] = False
    subject: Label | None = None
    level: Annotated[int | None, Field(ge=1, le=1000)] = None
    difficulty: Difficulty | None = None
    type: Annotated[QuestionType | None, read_as(multiple_choice="single")] = None
    tag: Label | None = None
    year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    exam_body: Label | None = None
    solved: Annotated[
        bool | None, Field(description="Whether the caller has answered it right in a finished exam.")
    ] = None
    created_from: AwareDatetime | None = None
    created_to: AwareDatetime | None = None
    sort: Annotated[
        str,
        StringConstraints(pattern=rf"^{_SORT}(,{_SORT}){{0,4}}$"),
        Field(description="Such as `-createdAt` or `difficulty,-year`."),
    ] = "createdAt"


class PendingFilter(Listing):
    """Which questions of the moderation queue to list, those that wait longest first.

    - `type`: only questions of this type.
    """

    topic_id: Id | None = None
    course_id: Id | None = None
    author_id: Id | None = None
    type: QuestionType | None = None
