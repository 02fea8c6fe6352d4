"""Every event of the product, one class each; whoever reacts to one imports it from here."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from lyceum.events.base import Event, catalogue, event_named

__all__ = [
    "Event", "ExamCompleted", "ExamExpiring", "FileUploaded", "NotificationCreated", "QuestionApproved",
    "QuestionRetired", "QuestionSubmitted", "UploadProcessed", "UploadRejected", "UserRegistered", "catalogue", "event_named",
]  # fmt: skip


class UserRegistered(Event):
    """An account was made."""

    name: ClassVar[str] = "user.registered"
    user_id: str
    role: str


class QuestionSubmitted(Event):
    """A question waits for a moderator."""

    name: ClassVar[str] = "question.submitted"
    question_id: str
    topic_id: str


class QuestionApproved(Event):
    """A question entered the bank; `first_time` is false when an edited one comes back."""

    name: ClassVar[str] = "question.approved"
    question_id: str
    topic_id: str
    course_id: str
    author_id: str
    first_time: bool = True


class QuestionRetired(Event):
    """A question left the bank."""

    name: ClassVar[str] = "question.retired"
    question_id: str
    topic_id: str
    course_id: str


class ExamCompleted(Event):
    """An exam session ended and was scored."""

    name: ClassVar[str] = "exam.completed"
    exam_id: str
    user_id: str
    mode: str
    cause: Literal["submitted", "expired"]
    score: Decimal
    max_score: Decimal
    percent: Decimal
    passed: bool
    finished_at: datetime
    topic_ids: list[str]


class ExamExpiring(Event):
    """A running exam session has little time left; sent once a session."""

    name: ClassVar[str] = "exam.expiring"
    exam_id: str
    user_id: str
    deadline_at: datetime


class UploadProcessed(Event):
    """An uploaded file passed its checks and its variants are ready."""

    name: ClassVar[str] = "content.processed"
    upload_id: str
    owner_id: str


class UploadRejected(Event):
    """An uploaded file was refused and quarantined."""

    name: ClassVar[str] = "content.rejected"
    upload_id: str
    owner_id: str
    reason: str


class NotificationCreated(Event):
    """A notification is in somebody's inbox and may have to be sent elsewhere too."""

    name: ClassVar[str] = "notification.created"
    notification_id: str
    user_id: str


class FileUploaded(Event):
    """Storage received a file; told by S3 itself, not by Lyceum."""

    name: ClassVar[str] = "Object Created"
    bucket: str
    key: str
    size_bytes: int

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "FileUploaded":
        """Read S3's notification; the tenant is the second part of the key `uploads/{tenant}/{owner}/{id}/original`."""
        detail = envelope["detail"]
        key = detail["object"]["key"]
        parts = key.split("/")
        return cls(
            event_id=envelope["id"],
            tenant=parts[1] if len(parts) > 1 else "",
            actor="storage",
            at=envelope["time"],
            bucket=detail["bucket"]["name"],
            key=key,
            size_bytes=detail["object"].get("size", 0),
        )
