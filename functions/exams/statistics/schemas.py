"""What students get of their own performance."""

from decimal import Decimal

from lyceum.kit.http import Schema


class PerformancePart(Schema):
    """How a student did in one respect; `meanPercent` is absent where whole exams are not counted."""

    name: str
    exams: int
    passed: int
    mean_percent: Decimal | None = None
    questions: int
    right: int
    partial: int
    wrong: int
    blank: int
    time_spent_seconds: int


class PerformanceView(Schema):
    """A student's performance over all finished exams whose score is complete; weeks are those of ISO 8601."""

    overall: PerformancePart
    by_mode: list[PerformancePart]
    by_topic: list[PerformancePart]
    by_difficulty: list[PerformancePart]
    by_week: list[PerformancePart]
