"""Study reminders: each waits in the quarter of an hour (UTC) in which it is due, and then moves on to the next day.

Time and zone are those of the account: a reminder is planned anew when they are chosen. A day is the user's own, by the
calendar of their time zone. Its goal is a number of exams and lessons to finish; who has reached it is not reminded.
"""

from datetime import date, datetime, timedelta

from lyceum.events.notifications import StudyReminderDue
from lyceum.kit import clock, ids
from lyceum.kit.jobs import schedules
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.kit.values import time_zones
from lyceum.model.notifications.reminders import StudyDay, StudyReminder
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

QUARTER = timedelta(minutes=15)
_KEPT = timedelta(days=3)


def plan(unit: Unit, user: User) -> None:
    """Add to a unit that a user is reminded at the account's study time from now on, or no more when there is none.

    The transaction fails when a later state of the account was planned by already; the event then comes again.
    """
    name, time = StudyReminder.at(user_id=user.user_id), Preferences.of(user).study_time
    is_newer = StudyReminder.pk.does_not_exist() | (StudyReminder.account_version <= user.version)
    if time is None or user.status == "deleted":
        unit.remove(name, when=is_newer)
        return
    planned = StudyReminder(user_id=user.user_id, time=time, time_zone=user.time_zone, account_version=user.version)
    planned.due_bucket = due_bucket(time, user.time_zone, clock.now())
    planned.fill_keys()
    names = ("user_id", "time", "time_zone", "account_version", "due_bucket", "gsi1pk", "gsi1sk")
    unit.change(
        name,
        *(getattr(StudyReminder, each).set(getattr(planned, each)) for each in names),
        when=is_newer,
        or_create=True,
    )


def due_bucket(time: str, zone_name: str, after: datetime) -> str:
    """Name the quarter of an hour (UTC) of the next moment after `after` at which clocks in a zone show a time."""
    today = local_day(after, zone_name)
    moments = (time_zones.at_time(f"{today + timedelta(days=days)}", time, zone_name) for days in range(3))
    return schedules.bucket(schedules.start_of(next(moment for moment in moments if moment > after), QUARTER))


def local_day(moment: datetime, zone_name: str) -> date:
    """Return the date that a moment has in a zone."""
    return moment.astimezone(time_zones.zone(zone_name)).date()


def attend(reminder: StudyReminder, quarter: datetime, finished: int, daily_goal: int) -> None:
    """Tell a reminder that is due in a quarter of an hour unless the goal is reached, and move it to the next day.

    The write's condition lets one run do it; who comes second, or after the user chose another time, changes nothing.
    A reminder that was missed on its own day is not made up for on another.

    - `finished`, `daily_goal`: how many exams and lessons the user finished on that day, and wanted to finish.
    """
    now = clock.now()
    day = local_day(quarter, reminder.time_zone)
    is_due = day == local_day(now, reminder.time_zone) and reminder.reminded_on != str(day) and finished < daily_goal
    events = [_event(reminder, day, finished, daily_goal)] if is_due else []
    waited = StudyReminder.due_bucket == reminder.due_bucket
    reminder.due_bucket = due_bucket(
        reminder.time, reminder.time_zone, max(now, quarter + QUARTER - timedelta(milliseconds=1))
    )
    reminder.fill_keys()
    actions = [getattr(StudyReminder, name).set(getattr(reminder, name)) for name in ("due_bucket", "gsi1pk", "gsi1sk")]
    actions.append(StudyReminder.reminded_on.set(str(day)))
    try:
        Unit().change(reminder, *actions, when=waited, events=events).commit()
    except ConditionFailed:
        return


def _event(reminder: StudyReminder, day: date, finished: int, daily_goal: int) -> StudyReminderDue:
    named = ids.derived_id(clock.now(), "study", reminder.user_id, str(day))
    return StudyReminderDue(
        event_id=named, user_id=reminder.user_id, day=str(day), finished=finished, daily_goal=daily_goal
    )


def count(unit: Unit, user_id: str, at: datetime, zone_name: str) -> None:
    """Add to a unit that a user finished an exam or a lesson at a time."""
    day = str(local_day(at, zone_name))
    name = StudyDay.at(user_id=user_id, day=day)
    gone = int((at + _KEPT).timestamp())
    unit.change(
        name,
        StudyDay.finished.add(1),
        StudyDay.user_id.set(user_id),
        StudyDay.day.set(day),
        StudyDay.ttl.set(gone),
        or_create=True,
    )
