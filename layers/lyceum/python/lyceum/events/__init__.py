"""Every event of the product, one class each; whoever reacts to one imports it from here."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from lyceum.events.base import Event, catalogue, event_named

__all__ = [
    "AnnouncementPosted", "AnnouncementReceived", "AnnouncementSpread", "AssignmentCreated", "AssignmentDeleted",
    "AssignmentDueSoon", "AssignmentFallsDue", "AssignmentGraded", "AssignmentSubmitted", "CodeRequested",
    "ContactChangeRequested", "ContentArchived", "ContentDownloaded", "ContentPublished", "ContentRated",
    "ContentRemoved", "ContentReturned", "ContentSubmitted", "ContentVerified", "CourseCompleted",
    "CourseCounted", "CourseDeleted", "CourseEmptied", "CourseEnrolled", "CourseLeft", "CoursePublished",
    "CourseRated", "CourseUpdated", "Event", "ExamCompleted", "ExamExpiring", "ExamGraded", "FileScanned",
    "FileUploaded", "ImportCompleted", "ImportConfirmed", "ImportContinued", "ImportFailed", "IncidentDeclared",
    "IncidentSpread", "LessonCompleted", "LoginSuspicious", "NotificationCreated", "PasswordChanged",
    "QuestionApproved", "QuestionRejected", "QuestionRetired", "QuestionSubmitted", "QuizPublished",
    "QuizWithdrawn", "SessionRevoked", "SessionStarted", "SessionsFellDue", "TwoFactorChanged", "UploadChecked",
    "UploadFailed", "UploadProcessed", "UploadRejected", "UserActivated", "UserDeleted", "UserInvited",
    "UserRegistered", "UserRenamed", "UserRoleChanged", "UserSuspended", "UserVerified", "catalogue",
    "event_named",
]  # fmt: skip


class UserRegistered(Event):
    """An account was made."""

    name: ClassVar[str] = "user.registered"
    user_id: str
    role: str


class UserVerified(Event):
    """A user proved an address or a number (`email`, `phone`), or an administrator vouched for a teacher (`role`)."""

    name: ClassVar[str] = "user.verified"
    user_id: str
    what: Literal["email", "phone", "role"]


class SessionStarted(Event):
    """A user signed in on a device."""

    name: ClassVar[str] = "session.started"
    user_id: str
    session_id: str
    device: str | None = None


class SessionRevoked(Event):
    """A session ended before its time; `reuse` means that a spent refresh token came back."""

    name: ClassVar[str] = "session.revoked"
    user_id: str
    session_id: str
    reason: Literal["signed_out", "revoked", "limit", "password", "reuse"]


class LoginSuspicious(Event):
    """A sign-in looked unlike the user's others; `reasons` says in which ways."""

    name: ClassVar[str] = "login.suspicious"
    user_id: str
    reasons: list[str]
    device: str | None = None


class PasswordChanged(Event):
    """A user's password was changed, by its owner or by a reset."""

    name: ClassVar[str] = "password.changed"
    user_id: str


class TwoFactorChanged(Event):
    """A user's second factor was switched on or off, or a recovery code was used."""

    name: ClassVar[str] = "two_factor.changed"
    user_id: str
    change: Literal["enabled", "disabled", "recovery_code_used"]


class CodeRequested(Event):
    """Somebody asked for a one-time code for a sign-in name, or a sign-in of a user waits for one."""

    name: ClassVar[str] = "code.requested"
    purpose: Literal["verify", "reset", "sign_in", "second_step"]
    identifier: str | None = None
    user_id: str | None = None
    challenge_id: str | None = None


class UserRenamed(Event):
    """A user goes by another name, username or e-mail address."""

    name: ClassVar[str] = "user.renamed"
    user_id: str


class ContactChangeRequested(Event):
    """A user wants another e-mail address or phone number; it stands in `User.wanted_email` or `wanted_phone` until it is proven."""

    name: ClassVar[str] = "user.contact_change_requested"
    user_id: str
    what: Literal["email", "phone"]


class UserRoleChanged(Event):
    """An admin gave a user another role."""

    name: ClassVar[str] = "user.role_changed"
    user_id: str
    old_role: str
    new_role: str


class UserSuspended(Event):
    """An admin suspended a user, for good or until a time."""

    name: ClassVar[str] = "user.suspended"
    user_id: str
    reason: str
    until: datetime | None = None


class UserActivated(Event):
    """An admin ended a user's suspension."""

    name: ClassVar[str] = "user.activated"
    user_id: str


class UserDeleted(Event):
    """An account was deleted; what is left of it is purged at `purge_at`."""

    name: ClassVar[str] = "user.deleted"
    user_id: str
    role: str
    purge_at: datetime


class UserInvited(Event):
    """An admin invited somebody; address, language, role and end stand in the invitation, and its token follows from it."""

    name: ClassVar[str] = "user.invited"
    invitation_id: str


class QuestionSubmitted(Event):
    """A question waits for a moderator."""

    name: ClassVar[str] = "question.submitted"
    question_id: str
    topic_id: str


class QuestionApproved(Event):
    """A question entered the bank; `first_time` is false when an edited one comes back, `import_id` names the import that it came by."""

    name: ClassVar[str] = "question.approved"
    question_id: str
    topic_id: str
    course_id: str
    author_id: str
    first_time: bool = True
    import_id: str | None = None


class QuestionRejected(Event):
    """A moderator sent a question back to its author."""

    name: ClassVar[str] = "question.rejected"
    question_id: str
    topic_id: str
    author_id: str
    reason: str


class QuestionsReserved(Event):
    """Questions are asked in an exam that may be sat until a moment: nobody else is to be shown them before."""

    name: ClassVar[str] = "questions.reserved"
    question_ids: list[str]
    until: datetime


class QuestionRetired(Event):
    """A question left the bank."""

    name: ClassVar[str] = "question.retired"
    question_id: str
    topic_id: str
    course_id: str


class ExamCompleted(Event):
    """An exam session ended; told once a session, even if it is reopened later.

    While `pending` answers wait for a grader, score, percent and whether it was passed are absent, and `exam.graded` tells
    them. `is_released` says that the student may know the result now; what a student sees waits for `exam.released`
    otherwise. Sessions of something published name it by
    `assessment_id`; those of a course's quiz also by `course_id` and `quiz_id`.
    """

    name: ClassVar[str] = "exam.completed"
    exam_id: str
    user_id: str
    mode: str
    cause: Literal["submitted", "expired"]
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None
    finished_at: datetime
    topic_ids: list[str]
    pending: int = 0
    is_released: bool = True
    revision: int = 1
    attempt: int = 1
    assessment_id: str | None = None
    course_id: str | None = None
    quiz_id: str | None = None


class ExamGraded(Event):
    """The score of an ended session is complete for the first time, or has changed; then the earlier one is named too."""

    name: ClassVar[str] = "exam.graded"
    exam_id: str
    user_id: str
    mode: str
    score: Decimal
    max_score: Decimal
    percent: Decimal
    passed: bool
    finished_at: datetime
    topic_ids: list[str]
    is_released: bool = True
    revision: int
    earlier_revision: int | None = None
    earlier_score: Decimal | None = None
    earlier_percent: Decimal | None = None
    earlier_passed: bool | None = None
    attempt: int = 1
    assessment_id: str | None = None
    course_id: str | None = None
    quiz_id: str | None = None


class ExamReleased(ExamGraded):
    """The result of an ended session that was told as not released may be known to its student from now on."""

    name: ClassVar[str] = "exam.released"


class SessionsFellDue(Event):
    """It is time to warn of the end of these exam sessions, or to end them."""

    name: ClassVar[str] = "sessions.fell_due"
    exam_ids: list[str]


class IncidentDeclared(Event):
    """Something is to be done to every session of an assessment, from `after_exam_id` on."""

    name: ClassVar[str] = "incident.declared"
    assessment_id: str
    incident_id: str
    after_exam_id: str | None = None


class IncidentSpread(Event):
    """Something is to be done to these sessions of an assessment."""

    name: ClassVar[str] = "incident.spread"
    assessment_id: str
    incident_id: str
    exam_ids: list[str]


class ExamExpiring(Event):
    """A running exam session has little time left; sent once a session."""

    name: ClassVar[str] = "exam.expiring"
    exam_id: str
    user_id: str
    deadline_at: datetime


class UploadChecked(Event):
    """A recording passed its checks and waits for its renditions; `etag` names the bytes that were checked."""

    name: ClassVar[str] = "content.checked"
    upload_id: str
    owner_id: str
    etag: str


class CourseUpdated(Event):
    """The fields of a course were edited."""

    name: ClassVar[str] = "course.updated"
    course_id: str


class CourseCounted(Event):
    """Counts of a course have changed."""

    name: ClassVar[str] = "course.counted"
    course_id: str


class CoursePublished(Event):
    """A course may be found and taken; `is_open` is false when it was taken back."""

    name: ClassVar[str] = "course.published"
    course_id: str
    instructor_id: str
    is_open: bool = True


class CourseEnrolled(Event):
    """A student entered a course."""

    name: ClassVar[str] = "course.enrolled"
    course_id: str
    user_id: str


class CourseLeft(Event):
    """A student left a course."""

    name: ClassVar[str] = "course.left"
    course_id: str
    user_id: str


class CourseCompleted(Event):
    """A student completed every required part of a course; told once a student and course."""

    name: ClassVar[str] = "course.completed"
    course_id: str
    user_id: str
    title: str


class CourseRated(Event):
    """A student rated a course or changed the rating; `earlier_stars` is what it was before."""

    name: ClassVar[str] = "course.rated"
    course_id: str
    user_id: str
    stars: int
    earlier_stars: int | None = None


class CourseDeleted(Event):
    """A course is gone for everybody and its parts are to be removed; told again until none is left."""

    name: ClassVar[str] = "course.deleted"
    course_id: str


class CourseEmptied(Event):
    """Lessons and students of a deleted course are removed; its assignments and grades follow. Told again until none is left."""

    name: ClassVar[str] = "course.emptied"
    course_id: str


class LessonCompleted(Event):
    """A student completed a lesson; told once a student and lesson."""

    name: ClassVar[str] = "lesson.completed"
    course_id: str
    lesson_id: str
    user_id: str


class QuizPublished(Event):
    """A course has a quiz, under this title, from now on."""

    name: ClassVar[str] = "quiz.published"
    quiz_id: str
    course_id: str
    title: str
    lesson_id: str | None = None
    is_required: bool = True


class QuizWithdrawn(Event):
    """A course has a quiz no longer."""

    name: ClassVar[str] = "quiz.withdrawn"
    quiz_id: str
    course_id: str


class AssignmentCreated(Event):
    """A course has a new assignment."""

    name: ClassVar[str] = "assignment.created"
    assignment_id: str
    course_id: str
    title: str
    due_at: datetime | None = None


class AssignmentDeleted(Event):
    """An assignment was taken away; with `keeps_work`, what was handed in and graded stays on record."""

    name: ClassVar[str] = "assignment.deleted"
    assignment_id: str
    course_id: str
    keeps_work: bool = False


class AssignmentSubmitted(Event):
    """A student handed something in."""

    name: ClassVar[str] = "assignment.submitted"
    assignment_id: str
    course_id: str
    user_id: str
    attempt: int
    days_late: int


class AssignmentGraded(Event):
    """A grade was released; percentages are of the assignment's points, `earlier_percent` is what it was before."""

    name: ClassVar[str] = "assignment.graded"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    points: Decimal
    max_points: Decimal
    percent: Decimal
    earlier_percent: Decimal | None = None


class AssignmentFallsDue(Event):
    """An assignment is due within a day: those who did not hand it in are reminded, from `after_user_id` on."""

    name: ClassVar[str] = "assignment.falls_due"
    assignment_id: str
    course_id: str
    due_at: datetime
    after_user_id: str | None = None


class AssignmentDueSoon(Event):
    """A student has a day left at most to hand an assignment in; told once a student and due date."""

    name: ClassVar[str] = "assignment.due_soon"
    assignment_id: str
    course_id: str
    user_id: str
    title: str
    due_at: datetime


class AnnouncementPosted(Event):
    """Something was announced, to a course or, without one, to everybody."""

    name: ClassVar[str] = "announcement.posted"
    announcement_id: str
    author_id: str
    title: str
    course_id: str | None = None


class AnnouncementSpread(Event):
    """An announcement has reached the students of a course up to `after_user_id`; the others follow."""

    name: ClassVar[str] = "announcement.spread"
    announcement_id: str
    course_id: str
    title: str
    after_user_id: str


class AnnouncementReceived(Event):
    """An announcement has reached one student."""

    name: ClassVar[str] = "announcement.received"
    announcement_id: str
    course_id: str
    user_id: str
    title: str


class UploadProcessed(Event):
    """An uploaded file passed its checks and its variants are ready; `content_id` is the library's item, if it belongs to one."""

    name: ClassVar[str] = "content.processed"
    upload_id: str
    owner_id: str
    content_id: str | None = None


class UploadRejected(Event):
    """An uploaded file was refused and quarantined."""

    name: ClassVar[str] = "content.rejected"
    upload_id: str
    owner_id: str
    reason: str
    content_id: str | None = None


class UploadFailed(Event):
    """An uploaded file could not be processed, through no fault of its own that is known."""

    name: ClassVar[str] = "content.failed"
    upload_id: str
    owner_id: str
    reason: str
    content_id: str | None = None


class ContentSubmitted(Event):
    """An item of the library waits for another instructor."""

    name: ClassVar[str] = "content.submitted"
    content_id: str
    owner_id: str


class ContentVerified(Event):
    """An instructor found an item good; it waits for its publication."""

    name: ClassVar[str] = "content.verified"
    content_id: str
    owner_id: str
    title: str


class ContentReturned(Event):
    """An instructor sent an item back to its owner."""

    name: ClassVar[str] = "content.returned"
    content_id: str
    owner_id: str
    title: str
    reason: str


class ContentPublished(Event):
    """An item entered the library."""

    name: ClassVar[str] = "content.published"
    content_id: str
    owner_id: str
    title: str


class ContentArchived(Event):
    """An item left the library and is kept."""

    name: ClassVar[str] = "content.archived"
    content_id: str
    owner_id: str


class ContentRemoved(Event):
    """An item was deleted; its files are kept for a while."""

    name: ClassVar[str] = "content.removed"
    content_id: str
    owner_id: str
    upload_id: str


class ContentDownloaded(Event):
    """A user fetched an item; told once for each user, device and day."""

    name: ClassVar[str] = "content.downloaded"
    content_id: str
    user_id: str


class ContentRated(Event):
    """A user rated an item or changed the rating; `change` is by how many stars the sum grew, `is_new` whether there was none."""

    name: ClassVar[str] = "content.rated"
    content_id: str
    user_id: str
    change: int
    is_new: bool


class ImportConfirmed(Event):
    """Somebody looked at the rows of an import and wants them in the bank."""

    name: ClassVar[str] = "import.confirmed"
    job_id: str


class ImportContinued(Event):
    """An import's time was up before its rows were; the next worker goes on behind `rows_done`."""

    name: ClassVar[str] = "import.continued"
    job_id: str
    rows_done: int


class ImportCompleted(Event):
    """Every row of an import has had its effect."""

    name: ClassVar[str] = "import.completed"
    job_id: str
    owner_id: str
    file_name: str
    questions_written: int
    rows_wrong: int
    rows_duplicate: int


class ImportFailed(Event):
    """An import ended without its rows, for a reason that its owner can read."""

    name: ClassVar[str] = "import.failed"
    job_id: str
    owner_id: str
    file_name: str
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


class FileScanned(Event):
    """The cloud's malware scan looked at a file; told by GuardDuty itself, not by Lyceum."""

    name: ClassVar[str] = "GuardDuty Malware Protection Object Scan Result"
    bucket: str
    key: str
    etag: str
    result: str

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "FileScanned":
        """Read GuardDuty's notification (user guide, "Monitoring S3 object scans with EventBridge")."""
        detail = envelope["detail"]
        place = detail["s3ObjectDetails"]
        parts = place["objectKey"].split("/")
        return cls(
            event_id=envelope["id"],
            tenant=parts[1] if len(parts) > 1 else "",
            actor="storage",
            at=envelope["time"],
            bucket=place["bucketName"],
            key=place["objectKey"],
            etag=place["eTag"].strip('"'),
            result=detail.get("scanResultDetails", {}).get("scanResultStatus") or detail["scanStatus"],
        )
