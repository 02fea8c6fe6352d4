"""Every quarter of an hour: reminds those to study who wanted to be reminded now and have not reached the day's goal."""

from datetime import datetime
from typing import Any

from lyceum.kit.jobs import schedules
from lyceum.kit.table import batch_fetch, find
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.notifications.reminders import StudyDay, StudyReminder

from functions.notifications import reminding


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Attend to the reminders that are due in every tenant."""
    schedules.run("remind", reminding.QUARTER, _remind, lambda_context)


def _remind(quarter: datetime) -> None:
    after = None
    while True:
        due = find(StudyReminder, index="gsi1", due_bucket=schedules.bucket(quarter), after=after)
        goals = batch_fetch([NotificationPreferences.at(user_id=each.user_id) for each in due.items], consistent=True)
        days = batch_fetch(
            [StudyDay.at(user_id=each.user_id, day=_day(each, quarter)) for each in due.items], consistent=True
        )
        for reminder, goal, day in zip(due.items, goals, days, strict=True):
            daily_goal = int(goal.daily_goal) if isinstance(goal, NotificationPreferences) else 1
            reminding.attend(reminder, quarter, int(day.finished) if isinstance(day, StudyDay) else 0, daily_goal)
        after = due.last_key
        if after is None:
            return


def _day(reminder: StudyReminder, quarter: datetime) -> str:
    return str(reminding.local_day(quarter, reminder.time_zone))
