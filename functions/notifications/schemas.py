"""What callers of the inbox, of preferences and of devices send and get."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp, named, same_as
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import Language
from lyceum.rules.profiles import TimeZone

from functions.notifications.kinds import KINDS, Channel

NotificationId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
KindName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=60)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, `HH:MM`."""


class InboxQuery(Listing):
    """Which messages to list.

    - `type`: only messages of this kind.
    """

    type: KindName | None = None


class Message(Schema):
    """A message in the inbox; `readAt` is absent while it is unread."""

    notification_id: str
    type: str
    title: str
    body: str
    message: Annotated[str, same_as("body")]
    data: dict[str, Any]
    created_at: Timestamp
    read_at: Timestamp | None = None


class MarkRead(Request):
    """Messages that were read."""

    notification_ids: Annotated[list[NotificationId], Field(min_length=1, max_length=50)]


class Counts(Schema):
    """How many messages an inbox holds, and how many are unread."""

    unread: int
    total: int


class Marked(Counts):
    """How many messages were unread and are read now; `missing` are those that are not in the inbox."""

    marked: int
    missing: list[str]


class QuietHours(Request):
    """When nothing disturbs, by the clock of the time zone; `until` may lie on the next day."""

    start: ClockTime
    until: ClockTime


class UpdatePreferences(Request):
    """What a user wants; a type that is not named keeps its usual channels, and what is left out is off or as usual.

    - `dailyGoal`: how many exams and lessons are to be finished on a day; who has is not reminded to study.
    - `timeZone`, `language`: those of the account; they stay as they are when they are left out.
    """

    channels: Annotated[dict[KindName, Annotated[list[Channel], Field(max_length=3)]], Field(max_length=len(KINDS))] = (
        Field(default_factory=dict)
    )
    quiet_hours: QuietHours | None = None
    digest: Literal["off", "daily", "weekly"] = "off"
    daily_goal: Annotated[int, Field(ge=1, le=50)] = 1
    time_zone: TimeZone | None = None
    language: Language | None = None


class KindChannels(Schema):
    """The channels of a type of notification.

    What is mandatory keeps its own, what is urgent heeds neither quiet hours nor digests.
    """

    type: str
    channels: list[Channel]
    is_mandatory: bool
    is_urgent: bool


class PreferencesView(Schema):
    """What a user wants, with everything filled in; `webPushKey` is what a browser subscribes with (RFC 8292).

    `isOn`, `studyTime`, `timeZone` and `language` are the account's: PUT /api/profile/preferences changes them all.
    """

    types: list[KindChannels]
    quiet_hours: QuietHours | None = None
    digest: Literal["off", "daily", "weekly"]
    daily_goal: int
    is_on: bool
    study_time: str | None = None
    time_zone: str
    language: Language
    available_channels: list[Channel]
    web_push_key: str
    version: Annotated[int, Field(exclude=True)] = 0


class WebKeys(Request):
    """The keys of a browser's subscription, in base64url: a point of P-256 and 16 bytes (RFC 8291, 2 and 3.2)."""

    p256dh: Annotated[str, StringConstraints(pattern=r"^B[A-Za-z0-9_-]{86}$"), named("p256dh", "p256Dh")]
    auth: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]


class WebSubscription(Request):
    """What a browser's `PushSubscription.toJSON()` returns."""

    endpoint: Annotated[str, StringConstraints(max_length=1000, pattern=r"^https://[!-~]+$")]
    expiration_time: float | None = None
    keys: WebKeys


class RegisterDevice(Request):
    """A device: the token of an app (fcm, apns), or a browser's subscription (web)."""

    platform: Literal["fcm", "apns", "web"]
    token: Annotated[str, StringConstraints(min_length=16, max_length=1000, pattern=r"^[!-~]+$")] | None = None
    subscription: WebSubscription | None = None
    name: Line | None = None

    @model_validator(mode="after")
    def _has_its_own(self) -> Self:
        if (self.platform == "web") != (self.token is None) or (self.platform == "web") != (
            self.subscription is not None
        ):
            raise ValueError("web takes a subscription, fcm and apns take a token")
        return self


class DeviceView(Schema):
    """A device that takes push messages."""

    device_id: str
    platform: Literal["fcm", "apns", "web"]
    name: str | None = None
    created_at: Timestamp


class RemovedDevice(Schema):
    """A device that is no more."""

    device_id: str


class UnsubscribeLink(Request):
    """The token of a link in a mail.

    - `token`: from the link in the mail.
    """

    token: Annotated[str, StringConstraints(min_length=20, max_length=400, pattern=r"^[A-Za-z0-9._~-]+$")]


class MessageLink(Request):
    """The token of the link behind a mail's button: at most 20 messages.

    - `token`: from the link in the mail.
    """

    token: Annotated[str, StringConstraints(min_length=20, max_length=900, pattern=r"^[A-Za-z0-9._~-]+$")]
