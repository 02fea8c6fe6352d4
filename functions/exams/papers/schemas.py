"""The view of a section."""

from decimal import Decimal

from lyceum.kit.http.schemas import Schema


class SectionView(Schema):
    """A part of a paper; `answer` says how many of its questions count, `choice` which of those that were answered."""

    title: str
    instructions: str | None = None
    answer: int | None = None
    choice: str | None = None
    min_per_topic: int | None = None
    scale_to: Decimal | None = None
    time_limit_seconds: int | None = None
