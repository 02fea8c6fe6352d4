"""`mail.send`, `text.send`, `push.send`, `digest.send`, `notice.deliver`, `notice.fan_out`."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from lyceum.kit.event import Event


class DeliverNotice(Event):
    """At most 100 users are to be told the same, in the words of a kind of notification."""

    name: ClassVar[str] = "notice.addressed"
    kind: str
    user_ids: Annotated[list[str], Field(min_length=1, max_length=100)]
    data: dict[str, str]


class FanOutNotice(Event):
    """A notice for everybody in the tenant, or in a course, goes on behind the storage key `after`, or begins without one."""

    name: ClassVar[str] = "fan_out.continued"
    kind: str
    data: dict[str, str]
    course_id: str | None = None
    after: dict[str, Any] | None = None


class SendMail(Event):
    """A notification is to be sent by e-mail."""

    name: ClassVar[str] = "mail.requested"
    notification_id: str
    user_id: str


class SendText(Event):
    """A notification is to be sent as a text message."""

    name: ClassVar[str] = "text.requested"
    notification_id: str
    user_id: str


class SendPush(Event):
    """A notification is to be pushed to its reader's devices."""

    name: ClassVar[str] = "push.requested"
    notification_id: str
    user_id: str


class SendDigest(Event):
    """The time of a user's digest has come."""

    name: ClassVar[str] = "digest.due"
    user_id: str
    bucket: str
