"""What callers of the boards send and get."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

_OTHER_WORDS = {"all-time": "all", "all_time": "all", "monthly": "month", "weekly": "week"}
Period = Annotated[Literal["all", "month", "week"], BeforeValidator(lambda word: _OTHER_WORDS.get(word, word))]
"""Which period; people's longer words for the three are taken, too."""
_Named = Annotated[str, StringConstraints(pattern=r"^(\d{4}-(0[1-9]|1[0-2])|\d{4}-W[0-5]\d)$")]


class BoardQuery(Request):
    """Which period to show.

    - `period`: all time, this month or this week; `all-time`, `monthly` and `weekly` are taken, too.
    - `name`: a month or week that is over, such as `2027-W02`.
    """

    period: Period = "all"
    name: _Named | None = None


class UniversityQuery(BoardQuery):
    """A university's board.

    - `universityId`: the university.
    - `period`: all time, this month or this week; `all-time`, `monthly` and `weekly` are taken, too.
    - `name`: a month or week that is over, such as `2027-W02`.
    """

    university_id: Id


class CourseQuery(BoardQuery):
    """A course's board.

    - `courseId`: the course.
    - `period`: all time, this month or this week; `all-time`, `monthly` and `weekly` are taken, too.
    - `name`: a month or week that is over, such as `2027-W02`.
    """

    course_id: Id


class Ranking(Schema):
    """A place on a board; equals share a rank.

    `name` is what the user lets others see: minors by their first name, who keeps statistics to themselves by an alias.
    `userId` is absent for an alias.
    """

    rank: int
    name: str
    user_id: str | None = None
    is_you: bool = False
    points: int
    correct_answers: int


class Board(Schema):
    """The first places of a board, and how many users stand on it; `closedAt` is there once they are kept."""

    board: str
    period: str
    rankings: list[Ranking]
    user_count: int
    closed_at: Timestamp | None = None
    as_of: Timestamp


class OwnRank(Schema):
    """A user's place on one board: exact, however many users it has."""

    board: str
    period: str
    rank: int
    user_count: int
    points: int
    correct_answers: int


class OwnRanks(Schema):
    """A user's places on every board of now."""

    user_id: str
    ranks: list[OwnRank]
    as_of: Timestamp
