"""`standings.count`."""

from typing import ClassVar

from pydantic import BaseModel

from lyceum.kit.event import Task


class StandingMove(BaseModel):
    """A standing that came to another score, in points; `before` is None of one that is new."""

    board: str
    period: str
    before: int | None
    after: int


class CountStandings(Task):
    """Count standings where they are now on their boards."""

    name: ClassVar[str] = "standings.count"
    worker: ClassVar[str] = "gamification-events"
    moves: list[StandingMove]
