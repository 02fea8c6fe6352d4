"""What clients of live updates send and get."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

_FIGURES = "admin:(requests|errors|activity|anomalies|sales)"
_TOPIC = rf"everybody|leaderboard|{_FIGURES}|(course|question|group):[0-9A-Za-z_-]{{1,40}}"
Topic = Annotated[str, StringConstraints(pattern=rf"^({_TOPIC})$")]
ChannelName = Annotated[str, StringConstraints(pattern=rf"^(user|{_TOPIC})$")]
Position = Annotated[int, Field(ge=0, lt=10**15)]
MOST_TOPICS = 20


class TicketView(Schema):
    """The right to open one connection, once and soon: `url` is complete."""

    ticket: str
    url: str
    expires_at: Timestamp


class StreamQuery(Request):
    """Where a stream goes on, for clients that can not send Last-Event-ID.

    - `lastEventId`: the `id` of the last event that the client has seen.
    """

    last_event_id: Annotated[str | None, StringConstraints(pattern=r"^\d{1,15}$")] = None


class Subscribe(Request):
    """Follow topics, and get what was missed on channels after a position."""

    action: Literal["subscribe"]
    topics: Annotated[list[Topic], Field(max_length=MOST_TOPICS)] = Field(default_factory=list)
    after: Annotated[dict[ChannelName, Position], Field(max_length=MOST_TOPICS + 1)] = Field(default_factory=dict)


class Unsubscribe(Request):
    """Follow topics no more."""

    action: Literal["unsubscribe"]
    topics: Annotated[list[Topic], Field(min_length=1, max_length=MOST_TOPICS)]


class Presence(Request):
    """Say whether one is there, or ask who follows a topic that one follows too."""

    action: Literal["presence"]
    state: Literal["online", "away"] | None = None
    topic: Topic | None = None


class Ping(Request):
    """Ask for a sign of life."""

    action: Literal["ping"]


class JoinCall(Request):
    """Come into the room of a call, by the ticket that opening it gave."""

    action: Literal["join_call"]
    ticket: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class LeaveCall(Request):
    """Go out of the room of a call."""

    action: Literal["leave_call"]
    session_id: Id


class SendSignal(Request):
    """Send something to the other ones in the room of a call: to all of them, or to the one named.

    - `kind`: offer, answer and candidate carry what `RTCPeerConnection` says; mute and raise_hand a state; chat a line.
    """

    action: Literal["signal"]
    session_id: Id
    kind: Literal["offer", "answer", "candidate", "mute", "raise_hand", "chat"]
    to: Id | None = None
    data: Annotated[str, StringConstraints(max_length=16_000)] = ""


ClientMessage = Annotated[
    Subscribe | Unsubscribe | Presence | Ping | JoinCall | LeaveCall | SendSignal, Field(discriminator="action")
]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage, config=ConfigDict(defer_build=True))
