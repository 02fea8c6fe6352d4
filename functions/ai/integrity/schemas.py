"""What teachers, moderators and those concerned send and get about signs of cheating."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

State = Literal["waiting", "upheld", "dismissed", "appealed"]
Sign = Literal["similar_answers", "fast_right", "focus_loss"]
Reason = Annotated[str, StringConstraints(min_length=10, max_length=2000, strip_whitespace=True)]


class Detect(Request):
    """The practice test, quiz or paper whose sessions are looked through."""

    assessment_id: Id


class AgreementView(Schema):
    """Two candidates whose answers agree more than chance and ability explain.

    - `evidence`: natural logarithm of how much likelier the answers are if one copied; `bar` is what it passed.
    - `agreed`, `sameWrong`: questions with the same answer, and those of them that are wrong; `expected` agree anyway.
    - `sharedDevice`: both sat at the same device.
    """

    user_id: str
    other_id: str
    evidence: float
    bar: float
    agreed: int
    same_wrong: int
    expected: float
    shared_device: bool


class CandidateView(Schema):
    """What a candidate's session shows; `score` orders candidates, from 0 to 1000, and decides nothing.

    - `pace`: how fast beside others, in logarithms of seconds; above 0 is faster.
    - `rapidShare`: share of answers that came faster than a question can be read: a sign of guessing, not of copying.
    - `fastRight`: right answers far faster than the own pace; `fastRightDeviations` beyond what chance gives.
    - `focusLosses`, `focusSeconds`: how often and how long the window was left, as the client reported.
    """

    user_id: str
    exam_id: str
    score: int
    pace: float | None = None
    rapid_share: float | None = None
    fast_right: int | None = None
    fast_right_deviations: float | None = None
    focus_losses: int = 0
    focus_seconds: int = 0
    signs: list[str]


class IntegrityReportView(Schema):
    """What the answers to an assessment show, as of a moment; those with the highest scores first.

    - `isJudged`: whether enough sat it, and it is long enough, for answers to be compared.
    """

    assessment_id: str
    as_of: Timestamp
    detector: str
    sat: int
    questions: int
    is_judged: bool
    candidates: list[CandidateView]
    pairs: list[AgreementView]


class ReportFocusLoss(Request):
    """A time in which the window of a running session was not in front."""

    exam_id: Id
    seconds: Annotated[int, Field(ge=1, le=3600)]


class FocusLossView(Schema):
    """What was reported of a session so far."""

    exam_id: str
    times: int
    seconds: int


class FlagQuery(Listing):
    """Which flags to list, those with the highest score first.

    - `state`: only flags in this state.
    - `sign`: only flags of this kind.
    """

    state: State = "waiting"
    sign: Sign | None = None


class Decision(Schema):
    """A step in the life of a flag, and why."""

    state: State
    reason: str
    decided_by: str
    decided_at: Timestamp


class FlagView(Schema):
    """A sign that somebody is to look at, with its evidence and every decision so far."""

    flag_id: str
    assessment_id: str
    course_id: str | None = None
    sign: Sign
    state: State
    score: int
    people: list[str]
    evidence: dict[str, Any]
    detector: str
    history: list[Decision]
    created_at: Timestamp


class Review(Request):
    """What is decided about a flag, and why; it has no effect on marks, which stay with the exam's teachers."""

    decision: Literal["upheld", "dismissed"]
    reason: Reason


class Appeal(Request):
    """Why a flag is wrong."""

    reason: Reason


class OwnFlagView(Schema):
    """A flag that was upheld, as one of those concerned sees it."""

    flag_id: str
    assessment_id: str
    sign: Sign
    reason: str
    decided_at: Timestamp
    appeal: str | None = None
    appealed_at: Timestamp | None = None


class OwnFlags(Schema):
    """The flags about the caller that were upheld."""

    flags: list[OwnFlagView]
