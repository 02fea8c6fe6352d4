"""What teachers send and get of clicker quizzes."""

from typing import Annotated

from pydantic import Field

from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.values.text import Line

from functions.devices.schemas import Room


class ClickerQuestion(Request):
    """A question that is shown elsewhere, and how many choices it has: A, B and so on."""

    label: Line
    choices: Annotated[int, Field(ge=2, le=8)] = 4


class StartQuiz(Request):
    """A quiz for the clickers of a room."""

    room: Room
    title: Line
    questions: Annotated[list[ClickerQuestion], Field(min_length=1, max_length=20)]
    seconds: Annotated[int, Field(ge=10, le=3600)] = 120


class QuestionCount(Schema):
    """How often each choice of a question was taken."""

    question: int
    label: str
    counts: dict[str, int]
    answered: int


class ClickerChoices(Schema):
    """What one clicker chose, by the number of the question."""

    device_id: str
    choices: dict[str, str]


class ClickerQuizView(Schema):
    """A quiz with what was answered so far; who holds which clicker is not known here."""

    quiz_id: str
    room: str
    title: str
    clickers: int
    is_open: bool
    closes_at: Timestamp
    questions: list[QuestionCount]
    devices: list[ClickerChoices]
