"""What administrators send and get of campaigns."""

from typing import Annotated, Any, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.identity.permissions import Role
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import Language

from functions.notifications.templates.schemas import Body, Title

State = Literal["running", "paused", "stopped", "finished"]


class CampaignWords(Request):
    """What a campaign says in one language; `{firstName}` and `{schoolName}` may stand in it."""

    title: Title
    body: Body


class Segment(Request):
    """Whom a campaign is for: everybody of whom all that is named is true; without anything, everybody.

    - `roles`: one of these roles.
    - `tiers`: one of these plans' tiers.
    - `courseId`: who learns in this course.
    - `activeWithinDays`: signed in within so many days.
    - `inactiveForDays`: did not for so many.
    """

    roles: Annotated[list[Role], Field(max_length=6)] = Field(default_factory=list)
    tiers: Annotated[list[Line], Field(max_length=10)] = Field(default_factory=list)
    course_id: Id | None = None
    active_within_days: Annotated[int, Field(ge=1, le=365)] | None = None
    inactive_for_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class NewCampaign(Request):
    """A message to a segment.

    - `words`: by language; who reads another one gets English, or else the first.
    - `perHour`: how many people are addressed in an hour at most.
    - `isPaused`: it waits to be resumed, and tells by `figures.atMost` for how many people it is.
    """

    name: Line
    words: Annotated[dict[Language, CampaignWords], Field(min_length=1, max_length=10)]
    segment: Segment = Field(default_factory=Segment)
    per_hour: Annotated[int, Field(ge=4, le=200_000)] = 4000
    is_paused: bool = False


class ChangeCampaign(Request):
    """What to do with a campaign: `stop` is for good, and takes back what has not left yet."""

    action: Literal["pause", "resume", "stop"]


class CampaignFigures(Schema):
    """What became of a campaign so far, in people.

    - `atMost`: how many there were to choose from when it began.
    - `addressed`: looked at so far.
    - `told`: got the message.
    - `byEmail`, `bySms`, `byPush`: of these on that channel too, at once or in time.
    - `read`: of these opened it in the inbox; marking everything read does not count.
    - `noConsent`, `optedOut`, `outside`, `repeated`: not told, and why: no consent to marketing, an opt-out, not of the
      segment any more or not active, told before.
    """

    at_most: int
    addressed: int
    told: int = 0
    read: int = 0
    by_email: int = 0
    by_sms: int = 0
    by_push: int = 0
    no_consent: int = 0
    opted_out: int = 0
    outside: int = 0
    repeated: int = 0


class CampaignView(Schema):
    """A campaign with its progress."""

    campaign_id: str
    name: str
    state: State
    words: dict[str, Any]
    segment: dict[str, Any]
    per_hour: int
    figures: CampaignFigures
    created_at: Timestamp
    created_by: str
    ended_at: Timestamp | None = None
    version: int
