"""What callers of uptime, incidents and regions send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line

Component = Literal["api", "storage", "files", "background"]
Impact = Literal["none", "minor", "major", "critical"]
IncidentState = Literal["investigating", "identified", "monitoring", "resolved"]
StatusText = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class UptimeQuery(Request):
    """Of which days.

    - `days`: so many days (UTC), today the last of them.
    """

    days: Annotated[int, Field(ge=1, le=90)] = 30


class Trouble(Schema):
    """Minutes one after the other in which a component was not up."""

    from_minute: Annotated[int, Field(description="Minute of the day, from 0.")]
    to_minute: int
    state: str


class ComponentDay(Schema):
    """How the checks of a component went on a day, a minute each; minutes without a check count for nothing."""

    component: str
    checked: int
    down: int
    degraded: int
    uptime: Annotated[float | None, Field(description="Percent of the checked minutes.")] = None
    troubles: list[Trouble]


class DayView(Schema):
    """A day."""

    day: str
    components: list[ComponentDay]


class Uptime(Schema):
    """Uptime by component of all days together, and of each."""

    total: dict[str, float | None]
    days: list[DayView]


class WriteIncident(Request):
    """An incident for the status page, or what is new of one; `incidentId` names the one that it is about.

    A new one needs a title.
    """

    incident_id: Id | None = None
    title: Line | None = None
    message: StatusText
    state: IncidentState = "investigating"
    impact: Impact | None = None
    components: Annotated[list[Component], Field(max_length=4)] | None = None

    @model_validator(mode="after")
    def _has_title(self) -> "WriteIncident":
        if self.incident_id is None and self.title is None:
            raise ValueError("a new incident needs a title")
        return self


class IncidentUpdate(Schema):
    """What was told of an incident at a time."""

    at: str
    state: IncidentState
    message: str


class IncidentView(Schema):
    """An incident, with what was told of it, the newest first."""

    incident_id: str
    title: str
    impact: Impact
    state: IncidentState
    components: list[str]
    started_at: Timestamp
    resolved_at: Timestamp | None = None
    updates: list[IncidentUpdate]


class AddRegion(Request):
    """Another deployment of the product: `region` names it, `url` is its API, whose health is asked each minute."""

    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    title: Line
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{3,300}$")]


class RegionView(Schema):
    """A region on the status board."""

    region: str
    title: str
    url: str
    state: Literal["up", "degraded", "down", "unknown"]
    checked_at: Timestamp | None = None
