"""What callers of badges send and get."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import DEFAULT_LANGUAGE, Language

Figure = Literal[
    "exams",
    "perfectExams",
    "questions",
    "correct",
    "reviews",
    "studyMinutes",
    "lessons",
    "courses",
    "points",
    "longestStreak",
]
Least = Annotated[list[Annotated[int, Field(ge=1, le=10_000_000)]], Field(min_length=1, max_length=5)]


class DefineBadge(Request):
    """A badge with its words by language and its rule: figures, with the least that each tier asks for, rising."""

    badge_id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,39}$")]
    title: Annotated[dict[Language, Line], Field(min_length=1)]
    description: Annotated[dict[Language, Line], Field(min_length=1)]
    rule: Annotated[dict[Figure, Least], Field(min_length=1, max_length=5)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len({len(least) for least in self.rule.values()}) > 1:
            raise ValueError("every figure of a rule has a value for each tier")
        if any(sorted(set(least)) != least for least in self.rule.values()):
            raise ValueError("each tier asks for more than the one before")
        if DEFAULT_LANGUAGE not in self.title or DEFAULT_LANGUAGE not in self.description:
            raise ValueError("title and description are there in English at least")
        return self


class BadgeView(Schema):
    """A badge of the catalogue, in the language that was asked for or else in English."""

    badge_id: str
    title: str
    description: str
    rule: dict[str, list[int]]
    tiers: int


class BadgeList(Schema):
    """The badges that there are."""

    badges: list[BadgeView]


class TierView(Schema):
    """A tier of a badge: how much of it is done, from 0 to 1, and when it was earned."""

    tier: int
    progress: float
    is_earned: bool
    earned_at: Timestamp | None = None


class Achievement(BadgeView):
    """A badge with what a user has of it."""

    progress: list[TierView]


class Achievements(Schema):
    """What a user earned, what there is to earn, and the figures that decide."""

    user_id: str
    earned_count: int
    achievements: list[Achievement]
    figures: dict[str, int]
    as_of: Timestamp


class CatalogueQuery(Request):
    """In which language.

    - `language`: of names and texts.
    """

    language: Language = DEFAULT_LANGUAGE
