"""From events to inboxes: who is told what, on which channels.

Inbox message, counter and deliveries are written in one transaction with the marker that the event was seen.
"""

import hashlib
from collections.abc import Mapping

from lyceum import clock
from lyceum.events import (
    AnnouncementReceived,
    AssignmentDueSoon,
    AssignmentGraded,
    ContentPublished,
    ContentReturned,
    ContentVerified,
    CourseCompleted,
    ExamCompleted,
    ExamExpiring,
    ExamGraded,
    ExamReleased,
    ImportCompleted,
    ImportFailed,
    LoginSuspicious,
    NotificationCreated,
    PasswordChanged,
    QuestionApproved,
    QuestionRejected,
    SessionRevoked,
    TwoFactorChanged,
    UploadFailed,
    UploadProcessed,
    UploadRejected,
)
from lyceum.events.base import Event
from lyceum.events.consumer import Consumer
from lyceum.model import Delivery, InboxCounter, Notification, User
from lyceum.model.profiles import Preferences
from lyceum.table import Unit

from notifications.kinds import (
    ANNOUNCEMENT,
    ASSIGNMENT_DUE,
    ASSIGNMENT_GRADED,
    CONTENT_PUBLISHED,
    CONTENT_READY,
    CONTENT_REFUSED,
    CONTENT_RETURNED,
    CONTENT_VERIFIED,
    COURSE_COMPLETED,
    EXAM_EXPIRING,
    EXAM_RESULT,
    IMPORT_COMPLETED,
    IMPORT_FAILED,
    NEW_SIGN_IN,
    PASSWORD_CHANGED,
    QUESTION_APPROVED,
    QUESTION_REJECTED,
    SESSION_STOLEN,
    TWO_FACTOR,
    Kind,
)

consumer = Consumer("notifications")
handler = consumer.handler


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def tell_result(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    """Tell a student that an exam is marked, once that is complete and may be told."""
    if event.percent is None or not event.is_released:
        return
    data = {"examId": event.exam_id, "score": str(event.score), "maxScore": str(event.max_score), "percent": str(event.percent)}
    _notify(EXAM_RESULT, event, event.user_id, data, unit)


@consumer.on(ExamExpiring)
def warn_of_end(event: ExamExpiring, unit: Unit) -> None:
    """Warn a student that a running exam ends soon."""
    data = {"examId": event.exam_id, "deadlineAt": clock.iso(event.deadline_at)}
    _notify(EXAM_EXPIRING, event, event.user_id, data, unit, deadline=f"{event.deadline_at:%H:%M}")


@consumer.on(QuestionApproved)
def tell_author(event: QuestionApproved, unit: Unit) -> None:
    """Tell an author that a question was approved; of an import's questions its end tells, once for all of them."""
    if event.import_id:
        return
    _notify(QUESTION_APPROVED, event, event.author_id, {"questionId": event.question_id}, unit)


@consumer.on(ImportCompleted)
def tell_importer(event: ImportCompleted, unit: Unit) -> None:
    """Tell whoever confirmed an import that its questions are in."""
    counts = {"questionsWritten": str(event.questions_written), "rowsWrong": str(event.rows_wrong), "rowsDuplicate": str(event.rows_duplicate)}
    _notify(IMPORT_COMPLETED, event, event.owner_id, {"jobId": event.job_id, "fileName": event.file_name, **counts}, unit)


@consumer.on(ImportFailed)
def tell_of_failed_import(event: ImportFailed, unit: Unit) -> None:
    """Tell whoever waits for an import why it failed."""
    _notify(IMPORT_FAILED, event, event.owner_id, {"jobId": event.job_id, "fileName": event.file_name, "reason": event.reason}, unit)


@consumer.on(LoginSuspicious)
def tell_of_sign_in(event: LoginSuspicious, unit: Unit) -> None:
    """Tell a user of a sign-in that looks unlike the others."""
    _notify(NEW_SIGN_IN, event, event.user_id, {"device": event.device or ""}, unit)


@consumer.on(PasswordChanged)
def tell_of_password(event: PasswordChanged, unit: Unit) -> None:
    """Tell a user that the password was changed."""
    _notify(PASSWORD_CHANGED, event, event.user_id, {}, unit)


@consumer.on(SessionRevoked)
def tell_of_stolen_session(event: SessionRevoked, unit: Unit) -> None:
    """Tell a user of a session that ended because its token came twice; other endings are the user's own doing."""
    if event.reason == "reuse":
        _notify(SESSION_STOLEN, event, event.user_id, {}, unit)


@consumer.on(TwoFactorChanged)
def tell_of_second_factor(event: TwoFactorChanged, unit: Unit) -> None:
    """Tell a user that the second factor has changed."""
    _notify(TWO_FACTOR, event, event.user_id, {"change": event.change}, unit)


@consumer.on(UploadRejected)
def tell_refusal(event: UploadRejected, unit: Unit) -> None:
    """Tell whoever sent a file that it was not taken, and why."""
    _notify(CONTENT_REFUSED, event, event.owner_id, {"uploadId": event.upload_id, "reason": event.reason}, unit)


@consumer.on(UploadFailed)
def tell_failure(event: UploadFailed, unit: Unit) -> None:
    """Tell whoever sent a file that it could not be processed."""
    _notify(CONTENT_REFUSED, event, event.owner_id, {"uploadId": event.upload_id, "reason": event.reason}, unit)


@consumer.on(UploadProcessed)
def tell_readiness(event: UploadProcessed, unit: Unit) -> None:
    """Tell an author that an item of the library is ready; other files are awaited by whoever sent them."""
    if event.content_id:
        _notify(CONTENT_READY, event, event.owner_id, {"contentId": event.content_id}, unit)


@consumer.on(ContentVerified)
def tell_verified(event: ContentVerified, unit: Unit) -> None:
    """Tell an author that an item was verified."""
    _notify(CONTENT_VERIFIED, event, event.owner_id, {"contentId": event.content_id, "title": event.title}, unit)


@consumer.on(ContentReturned)
def tell_returned(event: ContentReturned, unit: Unit) -> None:
    """Tell an author that an item came back, and why."""
    data = {"contentId": event.content_id, "title": event.title, "reason": event.reason}
    _notify(CONTENT_RETURNED, event, event.owner_id, data, unit)


@consumer.on(ContentPublished)
def tell_published(event: ContentPublished, unit: Unit) -> None:
    """Tell an author that an item is in the library."""
    _notify(CONTENT_PUBLISHED, event, event.owner_id, {"contentId": event.content_id, "title": event.title}, unit)


@consumer.on(AnnouncementReceived)
def tell_news(event: AnnouncementReceived, unit: Unit) -> None:
    """Tell a student of an announcement in a course."""
    data = {"announcementId": event.announcement_id, "courseId": event.course_id, "title": event.title}
    _notify(ANNOUNCEMENT, event, event.user_id, data, unit)


@consumer.on(AssignmentDueSoon)
def remind(event: AssignmentDueSoon, unit: Unit) -> None:
    """Remind a student of an assignment that is due."""
    data = {"assignmentId": event.assignment_id, "courseId": event.course_id, "title": event.title, "dueAt": clock.iso(event.due_at)}
    _notify(ASSIGNMENT_DUE, event, event.user_id, data, unit, due=f"{event.due_at:%Y-%m-%d %H:%M}")


@consumer.on(AssignmentGraded)
def tell_grade(event: AssignmentGraded, unit: Unit) -> None:
    """Tell a student that a grade was released."""
    points = {"points": str(event.points), "maxPoints": str(event.max_points)}
    _notify(ASSIGNMENT_GRADED, event, event.user_id, {"assignmentId": event.assignment_id, "title": event.title, **points}, unit)


@consumer.on(CourseCompleted)
def congratulate(event: CourseCompleted, unit: Unit) -> None:
    """Tell a student that a course is completed."""
    _notify(COURSE_COMPLETED, event, event.user_id, {"courseId": event.course_id, "title": event.title}, unit)


@consumer.on(QuestionRejected)
def tell_reason(event: QuestionRejected, unit: Unit) -> None:
    """Tell an author why a question was sent back."""
    _notify(QUESTION_REJECTED, event, event.author_id, {"questionId": event.question_id}, unit, reason=event.reason)


def _notify(kind: Kind, event: Event, user_id: str, data: Mapping[str, str], unit: Unit, **shown: str) -> None:
    """Put one message into one inbox and, for each other channel, a delivery that waits; a user who is gone gets none.

    `data` goes to clients and into the words; `shown` goes into the words alone.
    """
    user = User.fetch(user_id=user_id)
    if user is None or user.status == "deleted":
        return
    words = kind.say(user.language, {**data, **shown})
    message = Notification(
        user_id=user_id,
        notification_id=notification_id(event, kind.type),
        type=kind.type,
        title=words.title,
        body=words.body,
        data=dict(data),
    )
    unit.create(message, NotificationCreated(notification_id=message.notification_id, user_id=user_id))
    counts = [InboxCounter.total.add(1), InboxCounter.unread.add(1), InboxCounter.user_id.set(user_id)]
    unit.change(InboxCounter.at(user_id=user_id), *counts, or_create=True)
    for channel in kind.channels:
        reason = _why_not(user, kind)
        state = "suppressed" if reason else "pending"
        unit.create(Delivery(notification_id=message.notification_id, channel=channel, user_id=user_id, state=state, reason=reason))


def _why_not(user: User, kind: Kind) -> str | None:
    """Say why a user gets no mail, or None for one who does; nobody opts out of security notices."""
    if user.email is None:
        return "the user has no e-mail address"
    return None if kind.is_security or Preferences.of(user).notifications else "the user wants no messages beside the inbox"


def notification_id(event: Event, kind: str) -> str:
    """Name a notification by its event and type: it sorts by the event's time, and exists once."""
    return event.event_id[:10] + hashlib.sha256(f"{event.event_id}|{kind}".encode()).hexdigest()[:16].upper()
