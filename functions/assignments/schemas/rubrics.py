"""By what an assignment is graded: criteria and their levels. Points are decimal texts."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.values.text import Line

Points = Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]


class Chosen(Request):
    """The level that a criterion was met at."""

    criterion_id: Name
    level_id: Name


class Level(Request):
    """How well a criterion may be met, and for how many points."""

    id: Name
    text: Line
    points: Points


class Criterion(Request):
    """What is looked at, with its levels."""

    id: Name
    text: Line
    levels: Annotated[list[Level], Field(min_length=1, max_length=10)]


class NewRubric(Request):
    """By what an assignment is graded; the best levels add up to its points."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=30)]

    @model_validator(mode="after")
    def check_ids(self) -> Self:
        """Refuse ids that stand twice."""
        for ids in (
            [each.id for each in self.criteria],
            *([level.id for level in each.levels] for each in self.criteria),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError("each criterion, and each of its levels, has an id of its own")
        return self


class RubricView(Schema):
    """By what an assignment is graded."""

    assignment_id: str
    criteria: list[Criterion]
    version: int
