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


class ActionResult(Schema):
    """What was done: to a session at once; to all of an exam by and by, under the name of an incident."""

    scope: Scope
    exam_id: str | None = None
    assessment_id: str | None = None
    incident_id: str | None = None
    state: str | None = None
    deadline_at: Timestamp | None = None
