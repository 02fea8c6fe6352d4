"""From events to live updates: each is numbered on the channels of those concerned and posted to their connections.

An event that comes again after its worker died is posted again under its number; clients drop numbers that they know.
"""

from typing import Any

from lyceum.events.admin import AdminFiguresChanged
from lyceum.events.ai import TutorSaid
from lyceum.events.assignments import AssignmentGraded, AssignmentSubmitted
from lyceum.events.auth import SessionRevoked, SessionsEnded
from lyceum.events.community import GroupLeft, GroupMessageSent, MessageSent, QuestionAnswered, QuestionOffered
from lyceum.events.content import ContentFailed, ContentProcessed, ContentRejected, ContentReturned, ContentVerified
from lyceum.events.courses import (
    AnnouncementPosted,
    CourseCompleted,
    CourseLeft,
    CoursePublished,
    CourseUpdated,
    LessonCompleted,
)
from lyceum.events.exams import ExamExpiring, ExamExtended, ExamFinished, ExamPaused, ExamReleased, ExamResumed
from lyceum.events.gamification import BoardMoved
from lyceum.events.notifications import PeriodEnded
from lyceum.events.proctoring import ProctoringFlagged
from lyceum.events.sync import SyncAdvanced
from lyceum.events.tutoring import MentorAssigned, TutoringBooked, TutoringChanged, TutoringCompleted
from lyceum.events.users import UserDeleted, UserRoleChanged, UserSuspended
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.model.community.groups import GroupMessage
from lyceum.model.community.messages import DirectMessage
from lyceum.model.courses.course import Course
from lyceum.model.notifications.inbox import Notification
from lyceum.rules.call_tickets import room_of
from lyceum.rules.courses import course_access
from lyceum.tasks.realtime import ShowNotification

from functions.realtime import channel_events, connections, sync_status

consumer = Consumer("realtime-events")
handler = consumer.handler


@consumer.on(ShowNotification)
def show_notification(event: ShowNotification, _unit: Unit) -> None:
    """Show a message to its reader."""
    message = Notification.fetch(user_id=event.user_id, notification_id=event.notification_id, consistent=True)
    if message:
        shown = {
            "notificationId": message.notification_id,
            "type": message.type,
            "title": message.title,
            "body": message.body,
            "data": message.data,
        }
        _publish(event, "notification.new", shown, channel_events.own(event.user_id))


@consumer.on(ExamExpiring)
def show_timer(event: ExamExpiring, _unit: Unit) -> None:
    """Show a student how long an exam runs."""
    seconds = max(0, int((event.deadline_at - clock.now()).total_seconds()))
    data = {"examId": event.exam_id, "deadlineAt": clock.iso(event.deadline_at), "secondsLeft": seconds}
    _publish(event, "exam.timer", data, channel_events.own(event.user_id))


@consumer.on(ExamExtended)
@consumer.on(ExamPaused)
@consumer.on(ExamResumed)
@consumer.on(ExamFinished)
@consumer.on(ExamReleased)
def show_exam(event: ExamExtended | ExamPaused | ExamResumed | ExamFinished | ExamReleased, _unit: Unit) -> None:
    """Tell a student's devices that something changed for an exam; what that is, is asked of the exam itself."""
    _publish(event, event.name, {"examId": event.exam_id}, channel_events.own(event.user_id))


@consumer.on(AssignmentSubmitted)
def show_submission(event: AssignmentSubmitted, _unit: Unit) -> None:
    """Show a submission to the student on all devices, and to those who teach the course."""
    course = Course.fetch(course_id=event.course_id)
    concerned = dict.fromkeys([event.user_id, *(course_access.teachers_of(course) if course else [])])
    data = {
        "assignmentId": event.assignment_id,
        "courseId": event.course_id,
        "userId": event.user_id,
        "attempt": event.attempt,
    }
    _publish(event, "assignment.submitted", data, *(channel_events.own(user_id) for user_id in concerned))


@consumer.on(AssignmentGraded)
def show_grade(event: AssignmentGraded, _unit: Unit) -> None:
    """Show a released grade to its student."""
    points = {"points": str(event.points), "maxPoints": str(event.max_points)}
    whose = {"studentId": event.user_id, "grade": {**points, "percent": str(event.percent)}}
    data = {"assignmentId": event.assignment_id, "courseId": event.course_id, **whose, **points}
    _publish(event, "assignment.graded", data, channel_events.own(event.user_id))


@consumer.on(LessonCompleted)
def show_lesson(event: LessonCompleted, _unit: Unit) -> None:
    """Show a student's progress on all devices."""
    _publish(
        event,
        "lesson.completed",
        {"courseId": event.course_id, "lessonId": event.lesson_id},
        channel_events.own(event.user_id),
    )


@consumer.on(CourseCompleted)
def show_completion(event: CourseCompleted, _unit: Unit) -> None:
    """Show a student that a course is completed."""
    _publish(
        event, "course.updated", {"courseId": event.course_id, "isCompleted": True}, channel_events.own(event.user_id)
    )


@consumer.on(CoursePublished)
def show_course(event: CoursePublished, _unit: Unit) -> None:
    """Show those in a course that it was opened or closed."""
    _publish(
        event, "course.updated", {"courseId": event.course_id, "isOpen": event.is_open}, f"course:{event.course_id}"
    )


@consumer.on(CourseUpdated)
def show_edit(event: CourseUpdated, _unit: Unit) -> None:
    """Show those in a course that it was edited."""
    _publish(event, "course.updated", {"courseId": event.course_id}, f"course:{event.course_id}")


@consumer.on(AnnouncementPosted)
def show_announcement(event: AnnouncementPosted, _unit: Unit) -> None:
    """Show an announcement to those in the course, or to everybody."""
    channel = f"course:{event.course_id}" if event.course_id else "everybody"
    data = {
        "announcementId": event.announcement_id,
        "title": event.title,
        **({"courseId": event.course_id} if event.course_id else {}),
    }
    _publish(event, "announcement.posted", data, channel)


@consumer.on(QuestionAnswered)
def show_answer(event: QuestionAnswered, _unit: Unit) -> None:
    """Show an answer to somebody who asked, and to those who follow the question."""
    data = {"threadId": event.thread_id, "questionId": event.thread_id, "title": event.title}
    if event.answer_id is not None:
        data["answerId"] = event.answer_id
    own = [channel_events.own(event.asker_id)] if event.asker_id else []
    _publish(event, "question.answered", data, *own, f"question:{event.thread_id}")


@consumer.on(QuestionOffered)
def show_offer(event: QuestionOffered, _unit: Unit) -> None:
    """Show mentors that a question waits for them."""
    data = {"questionId": event.question_id, "title": event.title, "subject": event.subject, "urgency": event.urgency}
    _publish(event, "question.offered", data, *(channel_events.own(user_id) for user_id in event.mentor_ids))


@consumer.on(MentorAssigned)
def show_mentor(event: MentorAssigned, _unit: Unit) -> None:
    """Show a student and a mentor that they have to do with each other."""
    data = {"studentId": event.student_id, "mentorId": event.mentor_id, "mentorName": event.mentor_name}
    if event.question_id is not None:
        data |= {"questionId": event.question_id, "title": event.title or ""}
    _publish(
        event, "mentor.assigned", data, *(channel_events.own(each) for each in (event.student_id, event.mentor_id))
    )


@consumer.on(TutoringBooked)
@consumer.on(TutoringChanged)
@consumer.on(TutoringCompleted)
def show_session(event: TutoringBooked | TutoringChanged | TutoringCompleted, _unit: Unit) -> None:
    """Show the two of a session that it changed, and let nobody stay in its call who came by what it was before."""
    people = (event.student_id, event.mentor_id)
    if not isinstance(event, TutoringBooked):
        for user_id in people:
            connections.end_topic(user_id, room_of(event.session_id))
    data = {"sessionId": event.session_id, "startsAt": clock.iso(event.starts_at)}
    _publish(event, event.name, data, *(channel_events.own(user_id) for user_id in people))


@consumer.on(ProctoringFlagged)
def show_violation(event: ProctoringFlagged, _unit: Unit) -> None:
    """Show those whose exam it is that something was seen in a session, while it runs."""
    course = Course.fetch(course_id=event.course_id) if event.course_id else None
    concerned = [*(course_access.teachers_of(course) if course else []), *([event.owner_id] if event.owner_id else [])]
    data = {
        "sessionId": event.session_id,
        "userId": event.user_id,
        "rule": event.rule,
        "severity": event.severity,
    }
    _publish(event, event.name, data, *(channel_events.own(user_id) for user_id in dict.fromkeys(concerned)))


@consumer.on(MessageSent)
def show_message(event: MessageSent, _unit: Unit) -> None:
    """Show a message to its reader, and to its sender on all devices; one that was held meanwhile is not shown."""
    message = DirectMessage.fetch(conversation_id=event.conversation_id, message_id=event.message_id, consistent=True)
    if message and not message.held:
        data = {"messageId": message.message_id, "from": event.sender_id, "to": event.user_id, "content": message.text}
        _publish(
            event, "message.received", data, *(channel_events.own(each) for each in (event.user_id, event.sender_id))
        )


@consumer.on(GroupMessageSent)
def show_group_message(event: GroupMessageSent, _unit: Unit) -> None:
    """Show a message of a group to those who follow it."""
    message = GroupMessage.fetch(group_id=event.group_id, message_id=event.message_id, consistent=True)
    if message and not message.held:
        data = {"messageId": message.message_id, "from": event.sender_id, "content": message.text}
        _publish(event, "message.received", {**data, "groupId": event.group_id}, f"group:{event.group_id}")


@consumer.on(GroupLeft, outside=True)
def end_group(event: GroupLeft, _unit: Unit) -> None:
    """Show nothing more of a group to somebody who is in it no more."""
    connections.end_topic(event.user_id, f"group:{event.group_id}")


@consumer.on(ContentVerified)
@consumer.on(ContentReturned)
def show_verified(event: ContentVerified | ContentReturned, _unit: Unit) -> None:
    """Show an owner what became of an item's verification: `verified`, or `rejected` with the reason."""
    is_good = isinstance(event, ContentVerified)
    data = {"contentId": event.content_id, "title": event.title, "status": "verified" if is_good else "rejected"}
    if isinstance(event, ContentReturned):
        data["reason"] = event.reason
    _publish(event, "content.verified", data, channel_events.own(event.owner_id))


@consumer.on(ContentProcessed)
@consumer.on(ContentRejected)
@consumer.on(ContentFailed)
@consumer.on(SyncAdvanced)
def show_sync(event: sync_status.SyncEvent, _unit: Unit) -> None:
    """Show an owner on all devices what became of a file, or how far operations of one of them are settled."""
    owner_id, data = sync_status.of(event)
    _publish(event, "sync.status", data, channel_events.own(owner_id))


@consumer.on(PeriodEnded)
def show_boards(event: PeriodEnded, _unit: Unit) -> None:
    """Show those who watch the boards that they begin anew."""
    _publish(event, "leaderboard.updated", {"length": event.length, "period": event.period}, "leaderboard")


@consumer.on(TutorSaid)
def show_sentence(event: TutorSaid, _unit: Unit) -> None:
    """Show a student a sentence of the answer that the tutor is writing."""
    _publish(event, "tutor.sentence", event.shown, channel_events.own(event.user_id))


@consumer.on(AdminFiguresChanged)
def show_figures(event: AdminFiguresChanged, _unit: Unit) -> None:
    """Show live figures of the platform to those who watch them."""
    _publish(event, "admin.figures", event.figures, f"admin:{event.topic}")


@consumer.on(BoardMoved)
def show_points(event: BoardMoved, _unit: Unit) -> None:
    """Show those who watch a board that it moved; who looks after `refreshAfterMs` sees what moved in that second."""
    kind, _, name = event.board.partition("~")
    channel = {"global": "leaderboard", "course": f"course:{name}"}.get(kind)
    if channel is not None:
        _publish(event, "leaderboard.updated", {"board": event.board, "refreshAfterMs": 1000}, channel)


@consumer.on(SessionRevoked, outside=True)
def end_connections(event: SessionRevoked, _unit: Unit) -> None:
    """Close what was opened in a session that ended."""
    connections.end_session(event.user_id, event.session_id)


@consumer.on(SessionsEnded, outside=True)
@consumer.on(UserSuspended, outside=True)
@consumer.on(UserDeleted, outside=True)
@consumer.on(UserRoleChanged, outside=True)
def end_all_connections(event: SessionsEnded | UserSuspended | UserDeleted | UserRoleChanged, _unit: Unit) -> None:
    """Close every connection of somebody whose sessions ended; with another role they open anew."""
    connections.end_all(event.user_id)


@consumer.on(CourseLeft, outside=True)
def end_subscription(event: CourseLeft, _unit: Unit) -> None:
    """Show nothing more of a course to somebody who left it."""
    connections.end_topic(event.user_id, f"course:{event.course_id}")


def _publish(event: Message, name: str, data: dict[str, Any], *channels: str) -> None:
    """Show what an event means on channels; one that somebody was shown leaves a marker, and is shown once.

    What reached nobody needs none: it is found under its number when it comes again. Nothing is shown that is older
    than channels remember.
    """
    if event.at <= clock.now() - channel_events.KEPT:
        return
    found = [channel_events.store(channel, event, name, data) for channel in channels]
    if not all(each.is_new for each in found) and consumer.is_done(event, 0):
        return
    reached = [connections.announce(each.event) for each in found]
    if any(reached):
        with consumer.part(event, 0):
            pass  # it was shown
