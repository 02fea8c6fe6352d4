"""What study reminders and the news of a week are made of."""

import zlib
from datetime import date, timedelta

from lyceum.events.courses import LessonCompleted
from lyceum.events.exams import ExamCompleted
from lyceum.events.notifications import StudyReminderDue
from lyceum.events.questions import QuestionApproved
from lyceum.events.users import UserDeleted, UserPreferencesChosen
from lyceum.kit.table import Unit
from lyceum.kit.values import time_zones
from lyceum.model.notifications.reminders import NewQuestions, StudyReminder
from lyceum.model.users.account import User

from functions.notifications import kinds, study_reminders
from functions.notifications.inbox.inbox_writer import notify

NEWS_PARTS = 16
"""In so many parts the new questions of a course are counted, since very many may come at once."""
_NEWS_KEPT = timedelta(days=30)


def remind_to_study(event: StudyReminderDue, unit: Unit) -> None:
    """Remind a user to study."""
    data = {"day": event.day, "finished": str(event.finished), "dailyGoal": str(event.daily_goal)}
    ends = date.fromisoformat(event.day)
    notify(kinds.STUDY_REMINDER, event, event.user_id, data, unit, about="study", ends=ends)


def plan(event: UserPreferencesChosen | UserDeleted, unit: Unit) -> None:
    """Plan the reminder of a user anew, by what the account says now."""
    user = User.fetch(user_id=event.user_id, consistent=True)
    if user:
        study_reminders.plan(unit, user)


def count_exam(event: ExamCompleted, unit: Unit) -> None:
    """Count a finished exam."""
    _count(event.user_id, event, unit)


def count_lesson(event: LessonCompleted, unit: Unit) -> None:
    """Count a completed lesson."""
    _count(event.user_id, event, unit)


def _count(user_id: str, event: ExamCompleted | LessonCompleted, unit: Unit) -> None:
    reminder = StudyReminder.fetch(user_id=user_id)
    if reminder:
        study_reminders.count(unit, user_id, event.at, reminder.time_zone)


def count_question(event: QuestionApproved, unit: Unit) -> None:
    """Count a question that is new in a course, for the news of the week."""
    if not event.first_time:
        return
    part = f"#{zlib.crc32(event.question_id.encode()) % NEWS_PARTS:02d}"
    name = NewQuestions.at(week=time_zones.week(event.at.date()), course_id=event.course_id, part=part)
    gone = NewQuestions.ttl.set(int((event.at + _NEWS_KEPT).timestamp()))
    unit.change(name, NewQuestions.approved.add(1), gone, or_create=True)
