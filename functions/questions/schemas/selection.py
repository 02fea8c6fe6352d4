"""What is sent and got of random selections."""

import re
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, named
from lyceum.rules.questions.types import Difficulty

from functions.questions.schemas.question import QuestionView

_WEIGHTS = re.compile(r"(easy|medium|hard):(\d{1,2})")


class Draw(Request):
    """A random selection from a topic, several topics, or a course.

    What the caller was shown in this signed-in session does not come again, unless `again` is set; what stood in the
    caller's last exams does not come either, as far back as `lastExams` says. A draw with a `seed` depends on seed and
    bank alone.

    - `count`: how many to draw.
    - `difficulty`: only questions of this difficulty.
    - `seed`: the same seed draws the same questions from the same bank.
    - `again`: whether what was shown before may come again.
    - `lastExams`: the questions of how many past exams to leave out.
    """

    topic_id: Annotated[Id | None, named("topicId", "topic")] = None
    topic_ids: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9A-Z]{26}(,[0-9A-Z]{26}){0,9}$"),
        Field(description="Up to ten ids."),
    ] = None
    course_id: Id | None = None
    count: Annotated[int, Field(ge=1, le=50)] = 10
    difficulty: Difficulty | None = None
    weights: Annotated[
        str | None,
        StringConstraints(pattern=r"^(easy|medium|hard):[0-9]{1,2}(,(easy|medium|hard):[0-9]{1,2}){0,2}$"),
        Field(description="How to mix the difficulties, such as `easy:1,medium:2,hard:1`."),
    ] = None
    seed: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")] = None
    again: bool = False
    last_exams: Annotated[int, Field(ge=0, le=5)] = 0
    fields: Annotated[str | None, Field(max_length=500)] = None

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse a draw from nowhere or from several scopes, and weights that say nothing."""
        if sum(scope is not None for scope in (self.topic_id, self.topic_ids, self.course_id)) != 1:
            raise ValueError("give one of topicId, topicIds and courseId")
        if self.weights is not None and not any(self.shares.values()):
            raise ValueError("weights: one of them must be above 0")
        return self

    @property
    def shares(self) -> dict[str, int]:
        """The weights by difficulty."""
        return {name: int(weight) for name, weight in _WEIGHTS.findall(self.weights or "")}


class Selection(Schema):
    """Questions drawn at random; the same seed draws the same ones from the same bank.

    `isShort` says that fewer were left than were asked for: with `again`, those that were shown may come once more.
    """

    questions: list[QuestionView]
    seed: str
    asked: int
    is_short: bool
