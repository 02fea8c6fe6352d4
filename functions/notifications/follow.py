"""Follows what reminders and weekly news are made of: the time that users choose, what they finish on a day, and new questions."""

from datetime import timedelta

from lyceum.events.courses import LessonCompleted
from lyceum.events.exams import ExamCompleted
from lyceum.events.questions import QuestionApproved
from lyceum.events.users import UserDeleted, UserPreferencesChosen
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.jobs import tenants
from lyceum.kit.table import Unit
from lyceum.kit.values import time_zones
from lyceum.model.notifications.reminders import NewQuestions, StudyReminder
from lyceum.model.users.account import User

from functions.notifications import reminding

consumer = Consumer("study-days")
handler = consumer.handler
_NEWS_KEPT = timedelta(days=30)


@consumer.on(UserPreferencesChosen)
@consumer.on(UserDeleted)
def plan(event: UserPreferencesChosen | UserDeleted, unit: Unit) -> None:
    """Plan the reminder of a user anew, by what the account says now."""
    user = User.fetch(user_id=event.user_id, consistent=True)
    if user:
        reminding.plan(unit, user)
        tenants.enter()


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
        reminding.count(unit, user_id, event.at, reminder.time_zone)


@consumer.on(QuestionApproved)
def count_question(event: QuestionApproved, unit: Unit) -> None:
    """Count a question that is new in a course, for the news of the week."""
    if not event.first_time:
        return
    name = NewQuestions.at(week=time_zones.week(event.at.date()), course_id=event.course_id)
    gone = int((event.at + _NEWS_KEPT).timestamp())
    values = [NewQuestions.week.set(name.week), NewQuestions.course_id.set(name.course_id), NewQuestions.ttl.set(gone)]
    unit.change(name, NewQuestions.approved.add(1), *values, or_create=True)
    tenants.enter()
