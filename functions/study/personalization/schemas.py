"""What callers of the personalization quiz send and get."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class QuizAnswers(Request):
    """Answers by question: the ids of what was chosen, of the version of the quiz that was shown."""

    version: Annotated[int, Field(ge=1)]
    answers: Annotated[dict[_Name, Annotated[list[_Name], Field(min_length=1, max_length=8)]], Field(max_length=20)]
    target_date: date | None = None


class ChoiceView(Schema):
    """An answer that may be chosen."""

    id: str
    text: str


class QuestionView(Schema):
    """A question of the quiz, and how many of its choices may be taken."""

    id: str
    text: str
    choices: list[ChoiceView]
    most_choices: int


class QuizView(Schema):
    """The quiz, with what the caller answered last."""

    version: int
    questions: list[QuestionView]
    answers: dict[str, list[str]] | None = None
    answered_version: int | None = None
    answered_at: Timestamp | None = None


class CourseAdvice(Schema):
    """A course to take."""

    course_id: str
    title: str
    code: str
    category: str
    difficulty: str
    reason: str


class PlanAdvice(Schema):
    """A plan to begin with; `plan` may be sent to POST /api/study-plans as it is."""

    plan: dict[str, Any]
    reason: str


class TimeAdvice(Schema):
    """A time of day to study at, by the student's clock."""

    time: str
    minutes: int
    reason: str


class PreferenceAdvice(Schema):
    """A preference of the account, by its name in PUT /api/profile/preferences."""

    name: str
    value: Any
    reason: str


class Advice(Schema):
    """What follows from the answers; nothing of it is done before the student does it."""

    version: int
    courses: list[CourseAdvice]
    plan: PlanAdvice | None = None
    study_times: list[TimeAdvice]
    preferences: list[PreferenceAdvice]
    goals: list[PreferenceAdvice]
