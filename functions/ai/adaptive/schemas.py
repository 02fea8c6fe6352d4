"""What students send and get to learn what comes next."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id
from lyceum.rules.questions.views import ContentView


class NextQuestions(Request):
    """Of what the next questions shall be: one topic, or a whole course.

    - `count`: how many are wanted.
    """

    topic_id: Id | None = None
    course_id: Id | None = None
    count: Annotated[int, Field(ge=1, le=20)] = 5

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse both scopes, and none."""
        if (self.topic_id is None) == (self.course_id is None):
            raise ValueError("give one of topicId and courseId")
        return self


class AbilityView(Schema):
    """The estimate of ability in logits, 0 is the mean; `standardError` says how sure it is, from how many answers."""

    estimate: float
    standard_error: float
    answers: int


class RecommendedQuestion(ContentView):
    """A question without its key, and why it comes now.

    - `expectedChance`: how likely the student is thought to answer it right, from 0 to 1.
    - `information`, `coverage`, `spacing`: the parts of its value, by whose product questions are compared.
    """

    question_id: str
    topic_id: str
    type: str
    stem: str
    difficulty: str
    marks: Decimal
    expected_chance: float
    information: float
    coverage: float
    spacing: float
    reasons: list[str]


class Recommendation(Schema):
    """The next questions, the first one first; fewer than were asked for where no others are due."""

    ability: AbilityView
    method: str
    questions: list[RecommendedQuestion]


class PathWish(Request):
    """A course to find a way through.

    - `targetDate`: the day by which it shall be learnt.
    - `minutesADay`: how long is studied on each day until then.
    """

    course_id: Id
    target_date: date | None = None
    minutes_a_day: Annotated[int, Field(ge=10, le=720)] = 60


class PathStep(Schema):
    """A topic of the path: what it takes, by which day it is done, and why it stands where it does."""

    position: int
    topic_id: str
    title: str
    kind: Literal["learn", "strengthen", "refresh"]
    mastery: float
    minutes: int
    done_by: date | None = None
    builds_on: list[str]
    reasons: list[str]


class LeftOut(Schema):
    """A topic that is not in the path: `mastered`, or there is `no_time` for it."""

    topic_id: str
    title: str
    why: Literal["mastered", "no_time"]


class LearningPath(Schema):
    """Topics in the order in which to learn them; `missingCourses` are asked for first and are not completed."""

    course_id: str
    method: str
    steps: list[PathStep]
    left_out: list[LeftOut]
    total_minutes: int
    available_minutes: int | None = None
    missing_courses: list[str]
