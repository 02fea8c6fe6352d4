"""What callers of calls send and get."""

from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp


class IceServer(Schema):
    """A server that helps two browsers to reach each other, as `RTCPeerConnection` takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class CallView(Schema):
    """The way into a call.

    - `room`: its name.
    - `ticket`: what `join_call` shows on the WebSocket connection, until `expiresAt`.
    - `participants`: ids of the two.
    - `mayRecord`: whether everybody agrees to a recording.
    - `mustRecord`: whether the session has to be recorded.
    """

    session_id: str
    room: str
    ticket: str
    expires_at: Timestamp
    ice_servers: list[IceServer]
    participants: list[str]
    may_record: bool
    must_record: bool


class ReportQuality(Request):
    """What one sees of a call's quality, as `RTCPeerConnection.getStats` tells it.

    - `roundTripMs`: milliseconds.
    - `lossPercent`: packets lost.
    - `kilobitsPerSecond`: received.
    """

    round_trip_ms: Annotated[int, Field(ge=0, le=60_000)]
    loss_percent: Annotated[float, Field(ge=0, le=100)]
    kilobits_per_second: Annotated[int, Field(ge=0, le=1_000_000)]


class QualityTaken(Schema):
    """How many reports of the caller are kept of this call."""

    reports: int
