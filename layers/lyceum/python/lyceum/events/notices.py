"""Events of time and of notices: what has fallen due, whom to tell, what to send, what came back."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lyceum.kit.event import Event


class PlanExpiring(Event):
    """A user's plan ends in so many days, 0 on the day itself; told once for each of 30, 7, 1 and 0."""

    name: ClassVar[str] = "plan.expiring"
    user_id: str
    plan: str
    ends_at: datetime
    days_left: int


class StudyReminderDue(Event):
    """The hour that a user chose for studying has come and the day's goal is open; told once a user and day."""

    name: ClassVar[str] = "study.reminder_due"
    user_id: str
    day: str
    finished: int
    daily_goal: int


class PeriodEnded(Event):
    """A week (ISO 8601) or a month is over, by UTC: boards turn over; `period` names it, as `2027-W02` or `2027-01`."""

    name: ClassVar[str] = "period.ended"
    length: Literal["week", "month"]
    period: str


class NoticeAddressed(Event):
    """At most 100 users are to be told the same, in the words of a kind of notification."""

    name: ClassVar[str] = "notice.addressed"
    kind: str
    user_ids: Annotated[list[str], Field(min_length=1, max_length=100)]
    data: dict[str, str]


class FanOutContinued(Event):
    """A notice for everybody in the tenant, or in a course, goes on behind the storage key `after`, or begins without one."""

    name: ClassVar[str] = "fan_out.continued"
    kind: str
    data: dict[str, str]
    course_id: str | None = None
    after: dict[str, Any] | None = None


class MailRequested(Event):
    """A notification is to be sent by e-mail."""

    name: ClassVar[str] = "mail.requested"
    notification_id: str
    user_id: str


class TextRequested(Event):
    """A notification is to be sent as a text message."""

    name: ClassVar[str] = "text.requested"
    notification_id: str
    user_id: str


class PushRequested(Event):
    """A notification is to be pushed to its reader's devices."""

    name: ClassVar[str] = "push.requested"
    notification_id: str
    user_id: str


class DigestDue(Event):
    """The time of a user's digest has come."""

    name: ClassVar[str] = "digest.due"
    user_id: str
    bucket: str


def _returned(envelope: dict[str, Any], people: list[dict[str, str]]) -> dict[str, Any]:
    """Read what SES tells of any mail afterwards; tenant and notification are the mail's tags."""
    tags: dict[str, list[str]] = envelope["detail"]["mail"]["tags"]
    return {
        "event_id": envelope["id"],
        "tenant": tags["tenant"][0],
        "actor": "mail",
        "at": envelope["time"],
        "addresses": [each["emailAddress"] for each in people],
    }


class MailBounced(Event):
    """A mail came back, for good when its address does not exist; told by SES itself (developer guide, bounce object)."""

    name: ClassVar[str] = "Email Bounced"
    addresses: list[str]
    is_final: bool

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "MailBounced":
        """Read SES's notification."""
        bounce = envelope["detail"]["bounce"]
        return cls(**_returned(envelope, bounce["bouncedRecipients"]), is_final=bounce["bounceType"] == "Permanent")


class MailComplained(Event):
    """A reader called a mail spam, or said that it is none; told by SES itself (developer guide, complaint object)."""

    name: ClassVar[str] = "Email Complaint Received"
    addresses: list[str]
    is_final: bool

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "MailComplained":
        """Read SES's notification."""
        complaint = envelope["detail"]["complaint"]
        return cls(**_returned(envelope, complaint["complainedRecipients"]), is_final=complaint.get("complaintFeedbackType") != "not-spam")


class NotificationCreated(Event):
    """A notification is in somebody's inbox and may have to be sent elsewhere too."""

    name: ClassVar[str] = "notification.created"
    notification_id: str
    user_id: str
