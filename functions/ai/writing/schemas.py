"""What teachers send to have questions written, and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

from functions.ai.tutor.schemas import MadeBy


class GenerateQuestions(Request):
    """Of which topic of a course, and how many; they are written out of the course's lessons.

    - `focus`: words that name the part of the lessons; without them the topic's title does.
    """

    topic_id: Id
    count: Annotated[int, Field(ge=1, le=10)] = 5
    focus: Annotated[str | None, StringConstraints(min_length=2, max_length=300, strip_whitespace=True)] = None


class GeneratedQuery(Listing):
    """Of which course to list what was written.

    - `courseId`: a course that the caller teaches.
    - `state`: only questions in this state.
    """

    course_id: Id
    state: Literal["held", "waiting", "approved", "rejected"] | None = None


class GeneratedView(Schema):
    """A question that a model wrote, with what is right in it: for those who teach the course.

    - `state`: `held`, where the blind solve did not agree (`whyHeld`), `waiting` for a person, or decided.
    - `questionId`: of the question in the bank that came of it, which waits for a moderator like every other.
    """

    draft_id: str
    course_id: str
    topic_id: str
    state: Literal["held", "waiting", "approved", "rejected"]
    stem: str
    options: list[str]
    correct: int
    explanation: str
    source: str
    why_held: str | None = None
    question_id: str | None = None
    made_by: MadeBy
    created_at: Timestamp


class DecideGenerated(Request):
    """Whether a question that waits becomes one of the bank's."""

    course_id: Id
    decision: Literal["approved", "rejected"]
