"""What callers of the system endpoints send and get."""

from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp


class Dependency(Schema):
    """One thing that the product leans on."""

    name: str
    state: Literal["up", "down"]
    milliseconds: float


class ChannelState(Schema):
    """A channel of notifications, or a platform of apps: on, or not set up in this deployment."""

    name: Literal["email", "sms", "push", "fcm", "apns"]
    state: Literal["on", "off"]


class ProviderState(Schema):
    """A payment provider that failed to answer lately: down, and not called for a while, or up again."""

    name: str
    state: Literal["up", "down"]


class CircuitState(Schema):
    """A language model, or a training of models, by its circuit.

    - `state`: `up`; `down`, left alone until `opensAt`, after which one try is made; or `off`, not set up here.
    - `failures`: how many tries failed one after the other.
    - `fallback`: what happens while it is down.
    """

    name: str
    kind: Literal["language_model", "training"]
    state: Literal["up", "down", "off"]
    failures: int = 0
    opens_at: Timestamp | None = None
    fallback: str


class Health(Schema):
    """Whether the product can do its work.

    A payment provider that is down lessens nothing but checkouts by it; a model nothing but what its fallback says.
    """

    status: Literal["ok", "degraded"]
    stage: str
    dependencies: list[Dependency]
    channels: list[ChannelState]
    providers: list[ProviderState] = []
    models: list[CircuitState] = []


class ComponentStatus(Schema):
    """A component: its state now, and its uptime of the last ninety days in percent."""

    name: str
    state: Literal["up", "degraded", "down", "unknown"]
    uptime: float | None = None


class DayStatus(Schema):
    """The uptime of each component on a day (UTC), in percent of the minutes that were checked."""

    day: str
    uptime: dict[str, float | None]


class IncidentNote(Schema):
    """What was told of an incident at a time."""

    at: Timestamp
    state: str
    message: str


class IncidentStatus(Schema):
    """An incident of the last ninety days, with what was told of it, the newest first."""

    incident_id: str
    title: str
    impact: Literal["none", "minor", "major", "critical"]
    state: Literal["investigating", "identified", "monitoring", "resolved"]
    components: list[str]
    started_at: Timestamp
    resolved_at: Timestamp | None = None
    updates: list[IncidentNote]


class StatusPage(Schema):
    """The state of the platform; `isCopy` tells that the table did not answer, and `asOf` how old what is said is."""

    status: Literal["operational", "degraded", "outage", "unknown"]
    as_of: Timestamp
    is_copy: bool
    components: list[ComponentStatus]
    days: list[DayStatus]
    incidents: list[IncidentStatus]


class RegionHealth(Schema):
    """The health of a region, as it was last found."""

    region: str
    title: str | None = None
    is_this: Annotated[bool, Field(description="Whether it is the region that answers.")]
    state: Literal["up", "degraded", "down", "unknown"]
    checked_at: Timestamp | None = None


class RegionMetrics(RegionHealth):
    """A region: how quickly it answered its checks of the last hour and how many failed; of this one, today's calls."""

    checks: int
    failed_checks: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    requests_today: int | None = None
    failed_today: int | None = None


class CacheQuery(Request):
    """Of which days.

    - `days`: so many days (UTC), today the last of them.
    """

    days: Annotated[int, Field(ge=1, le=7)] = 1


class CacheRow(Schema):
    """How often what processes keep was of use, all functions together."""

    cache: str
    hits: int
    misses: int
    hit_rate: float | None = None


class CacheStatistics(Schema):
    """The caches, by name."""

    days: int
    caches: list[CacheRow]
