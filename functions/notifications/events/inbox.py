"""From events to inboxes: who is told what; and what study reminders and the news of a week are made of.

All that follows from an event is one transaction with the marker that it was seen. `fan_out` addresses many at once.
"""

from datetime import date, timedelta

from lyceum.events.assignments import AssignmentDueSoon, AssignmentGraded
from lyceum.events.auth import LoginSuspicious, PasswordChanged, SessionRevoked, TwoFactorChanged
from lyceum.events.community import DiscussionReplied, QuestionAnswered
from lyceum.events.content import (
    ContentFailed,
    ContentProcessed,
    ContentPublished,
    ContentRejected,
    ContentReturned,
    ContentVerified,
)
from lyceum.events.courses import AnnouncementReceived, CourseCompleted, LessonCompleted
from lyceum.events.exams import ExamCompleted, ExamExpiring, ExamGraded, ExamReleased
from lyceum.events.gamification import BadgeEarned
from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.events.notifications import StudyReminderDue
from lyceum.events.payments import PaymentConfirmed, PlanExpiring
from lyceum.events.questions import QuestionApproved, QuestionRejected
from lyceum.events.tutoring import MentorAssigned
from lyceum.events.users import UserDeleted, UserPreferencesChosen
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.kit.values import time_zones
from lyceum.kit.values.money import Money
from lyceum.messages.catalogue import Phrase
from lyceum.messages.formats import Percent
from lyceum.model.notifications.reminders import NewQuestions, StudyReminder
from lyceum.model.users.account import User
from lyceum.tasks.notifications import DeliverNotice

from functions.notifications import kinds, study_reminders
from functions.notifications.inbox import subjects
from functions.notifications.inbox.inbox_writer import notify, readers, write
from functions.notifications.kinds import KINDS

consumer = Consumer("notifications-inbox")
handler = consumer.handler

_TOGETHER = 15
"""Readers of one transaction: each takes at most 6 writes, and it holds 100."""
_NEWS_KEPT = timedelta(days=30)


@consumer.on(ExamCompleted)
@consumer.on(ExamGraded)
@consumer.on(ExamReleased)
def tell_result(event: ExamCompleted | ExamGraded, unit: Unit) -> None:
    """Tell a student that an exam is marked, once that is complete and may be told."""
    if event.percent is None or not event.is_released:
        return
    data = {
        "examId": event.exam_id,
        "score": str(event.score),
        "maxScore": str(event.max_score),
        "percent": str(event.percent),
        **subjects.of_course(event.course_id),
    }
    notify(
        kinds.EXAM_RESULT,
        event,
        event.user_id,
        data,
        unit,
        about=event.exam_id,
        exam=subjects.of_exam(event.title, event.topic_ids),
        score=event.score,
        maxScore=event.max_score,
        percent=Percent(event.percent),
    )


@consumer.on(ExamExpiring)
def warn_of_end(event: ExamExpiring, unit: Unit) -> None:
    """Warn a student that a running exam ends soon."""
    data = {"examId": event.exam_id, "deadlineAt": clock.iso(event.deadline_at)}
    notify(
        kinds.EXAM_EXPIRING,
        event,
        event.user_id,
        data,
        unit,
        about=event.exam_id,
        ends=event.deadline_at,
        exam=subjects.of_exam(event.title, event.topic_ids),
        deadline=event.deadline_at,
    )


@consumer.on(QuestionApproved)
def tell_author(event: QuestionApproved, unit: Unit) -> None:
    """Tell an author that a question was approved; of an import's questions its end tells, once for all of them."""
    if event.import_id is None:
        notify(
            kinds.QUESTION_APPROVED,
            event,
            event.author_id,
            {"questionId": event.question_id},
            unit,
            about=event.question_id,
            topic=subjects.of_topics([event.topic_id]),
        )


@consumer.on(QuestionRejected)
def tell_reason(event: QuestionRejected, unit: Unit) -> None:
    """Tell an author why a question was sent back."""
    notify(
        kinds.QUESTION_REJECTED,
        event,
        event.author_id,
        {"questionId": event.question_id},
        unit,
        about=event.question_id,
        topic=subjects.of_topics([event.topic_id]),
        reason=event.reason,
    )


@consumer.on(ImportCompleted)
def tell_importer(event: ImportCompleted, unit: Unit) -> None:
    """Tell whoever confirmed an import that its questions are in."""
    counts = {
        "questionsWritten": str(event.questions_written),
        "rowsWrong": str(event.rows_wrong),
        "rowsDuplicate": str(event.rows_duplicate),
    }
    notify(
        kinds.IMPORT_COMPLETED,
        event,
        event.owner_id,
        {"jobId": event.job_id, "fileName": event.file_name, **counts},
        unit,
        about=event.job_id,
        questionsWritten=event.questions_written,
        rowsWrong=event.rows_wrong,
    )


@consumer.on(ImportFailed)
def tell_of_failed_import(event: ImportFailed, unit: Unit) -> None:
    """Tell whoever waits for an import why it failed."""
    notify(
        kinds.IMPORT_FAILED,
        event,
        event.owner_id,
        {"jobId": event.job_id, "fileName": event.file_name, "reason": event.reason},
        unit,
    )


@consumer.on(LoginSuspicious)
def tell_of_sign_in(event: LoginSuspicious, unit: Unit) -> None:
    """Tell a user of a sign-in that looks unlike the others."""
    notify(kinds.NEW_SIGN_IN, event, event.user_id, {"device": event.device or ""}, unit, at=event.at)


@consumer.on(PasswordChanged)
def tell_of_password(event: PasswordChanged, unit: Unit) -> None:
    """Tell a user that the password was changed."""
    notify(kinds.PASSWORD_CHANGED, event, event.user_id, {}, unit, at=event.at)


@consumer.on(SessionRevoked)
def tell_of_stolen_session(event: SessionRevoked, unit: Unit) -> None:
    """Tell a user of a session that ended because its token came twice; other endings are the user's own doing."""
    if event.reason == "reuse":
        notify(kinds.SESSION_STOLEN, event, event.user_id, {}, unit)


@consumer.on(TwoFactorChanged)
def tell_of_second_factor(event: TwoFactorChanged, unit: Unit) -> None:
    """Tell a user that the second factor has changed."""
    what = Phrase(f"two_factor.{event.change}")
    notify(kinds.TWO_FACTOR, event, event.user_id, {"change": event.change}, unit, what=what, at=event.at)


@consumer.on(ContentRejected)
@consumer.on(ContentFailed)
def tell_refusal(event: ContentRejected | ContentFailed, unit: Unit) -> None:
    """Tell whoever sent a file that it was not taken, or could not be processed, and why."""
    data = {"uploadId": event.upload_id, "reason": event.reason}
    notify(kinds.CONTENT_REFUSED, event, event.owner_id, data, unit, about=event.upload_id, file=event.file_name)


@consumer.on(ContentProcessed)
def tell_readiness(event: ContentProcessed, unit: Unit) -> None:
    """Tell an author that an item of the library is ready; other files are awaited by whoever sent them."""
    if event.content_id:
        data = {"contentId": event.content_id}
        notify(kinds.CONTENT_READY, event, event.owner_id, data, unit, about=event.content_id, file=event.file_name)


@consumer.on(ContentVerified)
def tell_verified(event: ContentVerified, unit: Unit) -> None:
    """Tell an author that an item was verified."""
    data = {"contentId": event.content_id, "title": event.title}
    notify(kinds.CONTENT_VERIFIED, event, event.owner_id, data, unit, about=event.content_id)


@consumer.on(ContentReturned)
def tell_returned(event: ContentReturned, unit: Unit) -> None:
    """Tell an author that an item came back, and why."""
    data = {"contentId": event.content_id, "title": event.title, "reason": event.reason}
    notify(kinds.CONTENT_RETURNED, event, event.owner_id, data, unit, about=event.content_id)


@consumer.on(ContentPublished)
def tell_published(event: ContentPublished, unit: Unit) -> None:
    """Tell an author that an item is in the library."""
    data = {"contentId": event.content_id, "title": event.title}
    notify(kinds.CONTENT_PUBLISHED, event, event.owner_id, data, unit, about=event.content_id)


@consumer.on(AnnouncementReceived)
def tell_news(event: AnnouncementReceived, unit: Unit) -> None:
    """Tell a student of an announcement in a course."""
    data = {"announcementId": event.announcement_id, "courseId": event.course_id, "title": event.title}
    data |= subjects.of_course(event.course_id)
    notify(kinds.ANNOUNCEMENT, event, event.user_id, data, unit, where=data.get("courseTitle"))


@consumer.on(AssignmentDueSoon)
def warn_of_due_date(event: AssignmentDueSoon, unit: Unit) -> None:
    """Remind a student of an assignment that is due."""
    data = {
        "assignmentId": event.assignment_id,
        "courseId": event.course_id,
        "title": event.title,
        "dueAt": clock.iso(event.due_at),
    }
    data["hoursLeft"] = str(event.hours_left)
    data |= subjects.of_course(event.course_id)
    notify(
        kinds.ASSIGNMENT_DUE,
        event,
        event.user_id,
        data,
        unit,
        about=event.assignment_id,
        ends=event.due_at,
        due=event.due_at,
        course=data.get("courseTitle"),
    )


@consumer.on(AssignmentGraded)
def tell_grade(event: AssignmentGraded, unit: Unit) -> None:
    """Tell a student that a grade was released."""
    data = {
        "assignmentId": event.assignment_id,
        "courseId": event.course_id,
        "title": event.title,
        "points": str(event.points),
        "maxPoints": str(event.max_points),
        **subjects.of_course(event.course_id),
    }
    notify(
        kinds.ASSIGNMENT_GRADED,
        event,
        event.user_id,
        data,
        unit,
        about=event.assignment_id,
        points=event.points,
        maxPoints=event.max_points,
        course=data.get("courseTitle"),
    )


@consumer.on(CourseCompleted)
def congratulate(event: CourseCompleted, unit: Unit) -> None:
    """Tell a student that a course is completed."""
    notify(kinds.COURSE_COMPLETED, event, event.user_id, {"courseId": event.course_id, "title": event.title}, unit)


@consumer.on(BadgeEarned)
def tell_badge(event: BadgeEarned, unit: Unit) -> None:
    """Tell a user of a badge."""
    notify(kinds.BADGE_EARNED, event, event.user_id, {"badgeId": event.badge_id, "title": event.title}, unit)


@consumer.on(StudyReminderDue)
def remind_to_study(event: StudyReminderDue, unit: Unit) -> None:
    """Remind a user to study."""
    data = {"day": event.day, "finished": str(event.finished), "dailyGoal": str(event.daily_goal)}
    ends = date.fromisoformat(event.day)
    notify(kinds.STUDY_REMINDER, event, event.user_id, data, unit, about="study", ends=ends)


@consumer.on(QuestionAnswered)
def tell_asker(event: QuestionAnswered, unit: Unit) -> None:
    """Tell somebody who asked that there is an answer, unless it is their own."""
    if event.answerer_id != event.asker_id:
        notify(
            kinds.QUESTION_ANSWERED,
            event,
            event.asker_id,
            {"threadId": event.thread_id, "title": event.title},
            unit,
        )


@consumer.on(DiscussionReplied)
def tell_of_reply(event: DiscussionReplied, unit: Unit) -> None:
    """Tell somebody of a reply, unless it is their own."""
    if event.replier_id != event.user_id:
        notify(
            kinds.DISCUSSION_REPLIED,
            event,
            event.user_id,
            {"discussionId": event.discussion_id, "title": event.title},
            unit,
        )


@consumer.on(MentorAssigned)
def tell_of_mentor(event: MentorAssigned, unit: Unit) -> None:
    """Tell a student who their mentor is."""
    data = {"mentorId": event.mentor_id, "mentorName": event.mentor_name}
    notify(kinds.MENTOR_ASSIGNED, event, event.student_id, data, unit)


@consumer.on(PaymentConfirmed)
def confirm_payment(event: PaymentConfirmed, unit: Unit) -> None:
    """Tell a user that money arrived."""
    data = {
        "paymentId": event.payment_id,
        "what": event.what,
        "amountMinor": str(event.amount_minor),
        "currency": event.currency,
    }
    amount = Money(amount=event.amount_minor, currency=event.currency)
    notify(kinds.PAYMENT_CONFIRMED, event, event.user_id, data, unit, amount=amount)


@consumer.on(PlanExpiring)
def warn_of_plan(event: PlanExpiring, unit: Unit) -> None:
    """Warn a user that a plan ends."""
    data = {"plan": event.plan, "endsAt": clock.iso(event.ends_at), "daysLeft": str(event.days_left)}
    notify(
        kinds.PLAN_EXPIRING,
        event,
        event.user_id,
        data,
        unit,
        about=event.plan,
        ends=event.ends_at,
        endsOn=event.ends_at,
    )


@consumer.on(DeliverNotice)
def tell_many(event: DeliverNotice, _unit: Unit) -> None:
    """Tell many users the same, some in each transaction: one that is committed is not repeated with the rest."""
    kind = KINDS[event.kind]
    for number, start in enumerate(range(0, len(event.user_ids), _TOGETHER)):
        with consumer.part(event, number) as part:
            for reader in readers(event.user_ids[start : start + _TOGETHER]):
                write(reader, kind, event, event.data, part)


@consumer.on(UserPreferencesChosen)
@consumer.on(UserDeleted)
def plan(event: UserPreferencesChosen | UserDeleted, unit: Unit) -> None:
    """Plan the reminder of a user anew, by what the account says now."""
    user = User.fetch(user_id=event.user_id, consistent=True)
    if user:
        study_reminders.plan(unit, user)


@consumer.on(ExamCompleted)
def count_exam(event: ExamCompleted, unit: Unit) -> None:
    """Count a finished exam."""
    _count(event.user_id, event, unit)


@consumer.on(LessonCompleted)
def count_lesson(event: LessonCompleted, unit: Unit) -> None:
    """Count a completed lesson."""
    _count(event.user_id, event, unit)


def _count(user_id: str, event: ExamCompleted | LessonCompleted, unit: Unit) -> None:
    reminder = StudyReminder.fetch(user_id=user_id)
    if reminder:
        study_reminders.count(unit, user_id, event.at, reminder.time_zone)


@consumer.on(QuestionApproved)
def count_question(event: QuestionApproved, unit: Unit) -> None:
    """Count a question that is new in a course, for the news of the week."""
    if not event.first_time:
        return
    name = NewQuestions.at(week=time_zones.week(event.at.date()), course_id=event.course_id)
    gone = int((event.at + _NEWS_KEPT).timestamp())
    values = [NewQuestions.week.set(name.week), NewQuestions.course_id.set(name.course_id), NewQuestions.ttl.set(gone)]
    unit.change(name, NewQuestions.approved.add(1), *values, or_create=True)
