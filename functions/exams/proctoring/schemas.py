"""What proctors send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.exams.attempts.schemas import Reason, Scope


class Extend(Request):
    """More time for a session, or for all sessions of its exam.

    - `reopen`: lets one go on that ended by itself.
    - `afterKeys`: does so although its result, and with it what is right, was released.
    """

    seconds: Annotated[int, Field(ge=1, le=24 * 3600)]
    reason: Reason
    scope: Scope = "session"
    reopen: bool = False
    after_keys: bool = False


class Pause(Request):
    """A pause of a session or of all sessions of its exam, or the end of one; the time that stood is credited."""

    action: Literal["pause", "resume"]
    reason: Reason
    scope: Scope = "session"


class ActionOutcome(Schema):
    """What became of an action on all sessions of an exam.

    - `sessions`: how many there are, as far as they are listed.
    - `leftOut`: those that it does not concern any more: they had ended, or stood already as it asks.
    - `state`: complete once each is done, left out or failed.
    """

    action_id: str
    assessment_id: str
    action: str
    reason: str
    declared_at: Timestamp
    state: Literal["running", "complete"]
    sessions: int
    done: int
    left_out: int
    failed: int


class ActionResult(Schema):
    """What was done: to a session at once; to all of an exam by and by, under the name of an incident."""

    scope: Scope
    exam_id: str | None = None
    assessment_id: str | None = None
    incident_id: str | None = None
    state: str | None = None
    deadline_at: Timestamp | None = None
