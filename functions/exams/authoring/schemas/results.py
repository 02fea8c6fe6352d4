"""What owners of an assessment get of its attempts and of how its questions did."""

from decimal import Decimal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp


class Distribution(Schema):
    """Scores of all finished attempts, in percent; `takers` and the groups of ten percent count first attempts."""

    attempts: int
    passed: int
    mean_percent: Decimal | None = None
    standard_deviation: Decimal | None = None
    takers: int
    median_percent: Decimal | None = None
    in_tens: list[int]


class ItemStatisticsView(Schema):
    """How one question did.

    - `facility`: the mean part of its marks that was earned.
    - `discrimination`: the corrected item-total correlation.
    """

    question_id: str
    attempts: int
    right: int
    partial: int
    wrong: int
    blank: int
    facility: Decimal | None = None
    discrimination: Decimal | None = None
    mean_time_spent_seconds: Decimal | None = None


class AnalyticsView(Schema):
    """Statistics of an assessment; they follow its finished attempts within moments."""

    assessment_id: str
    distribution: Distribution
    items: list[ItemStatisticsView]


class AttemptView(Schema):
    """One attempt in the list of those who own the assessment."""

    exam_id: str
    user_id: str
    attempt: int
    state: str
    started_at: Timestamp
    finished_at: Timestamp | None = None
    cause: str | None = None
    score: Decimal | None = None
    percent: Decimal | None = None
    is_passed: bool | None = None
    is_pending: bool


class ResultsView(Schema):
    """Attempts in the order of their starts, with statistics of all of them; `nextCursor` goes on."""

    assessment_id: str
    distribution: Distribution
    results: list[AttemptView]
    next_cursor: str | None = None
