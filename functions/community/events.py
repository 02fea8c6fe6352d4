"""What follows from what people ask, answer, report and leave behind."""

from collections.abc import Sequence
from typing import Any

from lyceum.events.community import (
    AnswerAccepted,
    AnswerFoundHelpful,
    QuestionAnswered,
    QuestionAsked,
    QuestionOffered,
    QuestionSettled,
    ReportDecided,
    ReportMade,
)
from lyceum.events.users import (
    UserActivated,
    UserDeleted,
    UserErased,
    UserPreferencesChosen,
    UserProfileEdited,
    UserRenamed,
    UserRoleChanged,
    UserSuspended,
    UserVerified,
)
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, find
from lyceum.model.community.groups import GroupMessage
from lyceum.model.community.messages import MessageBox
from lyceum.model.community.questions import PooledMentor, Poster
from lyceum.model.mentors import MentorFigures, MentorHours
from lyceum.tasks.community import ForgetAuthor, RemoveGroupMessages, ReportFound, RouteQuestion

from functions.community import forgetting
from functions.community.questions import pool, routing, statistics
from functions.community.reports import by_model, following

consumer = Consumer("community-events")
handler = consumer.handler
_TOGETHER = 50


@consumer.on(RouteQuestion)
def route(task: RouteQuestion, unit: Unit) -> None:
    """Offer a question to mentors."""
    routing.route(task.question_id, task.wave, unit)


@consumer.on(QuestionAnswered)
def follow_answer(event: QuestionAnswered, unit: Unit) -> None:
    """Count an answer, and take its question out of every queue."""
    statistics.count_answer(event, unit)
    routing.settle(event.thread_id, unit)


@consumer.on(QuestionSettled)
def settle(event: QuestionSettled, unit: Unit) -> None:
    """Take a question out of every queue."""
    routing.settle(event.question_id, unit)


@consumer.on(QuestionOffered)
def tell_of_escalation(event: QuestionOffered, unit: Unit) -> None:
    """Tell moderators of a question that nobody answered for long."""
    if event.is_escalated:
        data = {"questionId": event.question_id, "title": event.title, "subject": event.subject}
        following.tell_moderators(unit, event.event_id, "question.escalated", data, of_id=event.asker_id)


@consumer.fold(QuestionAsked)
def count_asked(events: Sequence[QuestionAsked], unit: Unit) -> None:
    """Count questions by subject."""
    statistics.count_asked(events, unit)


@consumer.fold(AnswerFoundHelpful)
def count_helpful(events: Sequence[AnswerFoundHelpful], unit: Unit) -> None:
    """Count whom answers helped."""
    statistics.count_helpful(events, unit)


@consumer.fold(AnswerAccepted)
def count_accepted(events: Sequence[AnswerAccepted], unit: Unit) -> None:
    """Count accepted answers."""
    statistics.count_accepted(events, unit)


@consumer.on(ReportMade)
def weigh_report(event: ReportMade, unit: Unit) -> None:
    """Raise priorities, hold what was reported often enough, and tell moderators what is urgent."""
    following.weigh(event, unit)


@consumer.on(ReportFound)
def report_found(task: ReportFound, unit: Unit) -> None:
    """Put what a language model found into the moderators' queue."""
    by_model.report(task, unit)


@consumer.on(ReportDecided)
def close_others(event: ReportDecided, unit: Unit) -> None:
    """Decide the other reports of the same thing along."""
    following.close_others(event, unit)


@consumer.on(UserVerified)
@consumer.on(UserRoleChanged)
@consumer.on(UserSuspended)
@consumer.on(UserActivated)
@consumer.on(UserDeleted)
@consumer.on(UserRenamed)
@consumer.on(UserPreferencesChosen)
@consumer.on(UserProfileEdited)
def keep_pool(
    event: UserVerified
    | UserRoleChanged
    | UserSuspended
    | UserActivated
    | UserDeleted
    | UserRenamed
    | UserPreferencesChosen
    | UserProfileEdited,
    unit: Unit,
) -> None:
    """Keep the pool of mentors in step with who is one."""
    pool.sync(unit, event.user_id, clock.now())


@consumer.on(UserErased)
def begin_forgetting(event: UserErased, unit: Unit) -> None:
    """Order that the name goes off everything that somebody wrote, and remove what is theirs alone."""
    user_id = event.user_id
    for own in (Poster, MessageBox, MentorHours, MentorFigures):
        unit.remove(own.at(user_id=user_id))
    unit.remove(PooledMentor.at(mentor_id=user_id))
    send(unit, *(ForgetAuthor.model_validate({"user_id": user_id, "kind": kind}) for kind in forgetting.KINDS))


@consumer.paged(ForgetAuthor)
def forget(task: ForgetAuthor, unit: Unit) -> dict[str, Any] | None:
    """Attend to a page of what an erased user left behind."""
    return forgetting.page(task.kind, task.user_id, task.after, unit)


@consumer.paged(RemoveGroupMessages)
def remove_messages(task: RemoveGroupMessages, unit: Unit) -> dict[str, Any] | None:
    """Remove a page of the messages of a group that is not there any more."""
    found = find(GroupMessage, group_id=task.group_id, limit=_TOGETHER, after=task.after)
    for message in found.items:
        unit.remove(message)
    return found.last_key
