"""What is due at a time: study reminders, messages held back, ends of plans, old messages, ends of weeks and months.

Each job does one span of time in one tenant, and changes nothing when it does the span again.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from aws_lambda_powertools import Logger

from lyceum.events.notifications import PeriodEnded
from lyceum.events.payments import PlanExpiring
from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event, Task
from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, find, find_all
from lyceum.kit.values import time_zones
from lyceum.model.entitlements import Entitlement
from lyceum.model.notifications.deliveries import Delivery, Digest
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.notifications.reminders import StudyDay, StudyReminder
from lyceum.tasks.notifications import SendDigest

from functions.notifications import study_reminders
from functions.notifications.campaigns import sending
from functions.notifications.inbox import messages, routing
from functions.notifications.inbox.inbox_writer import EXPIRY_SHARDS, sending_task

jobs = Jobs("notifications")
handler = jobs.handler
logger = Logger()

_DAY = timedelta(days=1)
_WARNINGS = {30: 7, 7: 1, 1: 0, 0: -7}
"""A warning so many days before the end of a plan, and the days left at which it is too late for it."""
_TOGETHER = 90
"""Messages removed in one transaction, which holds 100 writes."""


@jobs.in_every_span("rate(15 minutes)", study_reminders.QUARTER)
def reminders(quarter: datetime) -> None:
    """Remind those to study who wanted to be reminded now and have not reached the day's goal."""
    after = None
    while True:
        due = find(StudyReminder, index="gsi1", due_bucket=schedules.bucket(quarter), after=after)
        goals = batch_fetch([NotificationPreferences.at(user_id=each.user_id) for each in due.items], consistent=True)
        days = batch_fetch([_study_day(each, quarter) for each in due.items], consistent=True)
        for reminder, goal, day in zip(due.items, goals, days, strict=True):
            daily_goal = int(goal.daily_goal) if isinstance(goal, NotificationPreferences) else 1
            finished = int(day.finished) if isinstance(day, StudyDay) else 0
            study_reminders.attend(reminder, quarter, finished, daily_goal)
        after = due.last_key
        if after is None:
            return


def _study_day(reminder: StudyReminder, quarter: datetime) -> StudyDay:
    day = study_reminders.local_day(quarter, reminder.time_zone)
    return StudyDay.at(user_id=reminder.user_id, day=str(day))


@jobs.in_every_span("rate(15 minutes)", routing.QUARTER)
def held_messages(quarter: datetime) -> None:
    """Send what quiet hours held back until now and the digests whose time has come; campaigns get their next share."""
    bucket = schedules.bucket(quarter)
    for delivery in find_all(Delivery, index="gsi1", held_bucket=bucket):
        _release(delivery, sending_task(delivery))
    for digest in find_all(Digest, index="gsi1", held_bucket=bucket):
        _release(digest, SendDigest(user_id=digest.user_id, bucket=digest.bucket))
    sending.give_shares(quarter)


def _release(held: Delivery | Digest, task: Task) -> None:
    """Have it sent, on condition that nobody did so before."""
    entity = type(held)
    free = [entity.held_bucket.remove(), entity.gsi1pk.remove(), entity.gsi1sk.remove()]
    with suppress(ConditionFailed):
        Unit().change(held, *free, when=entity.held_bucket == held.held_bucket, events=[task]).commit()


@jobs.in_every_span("cron(15 6 * * ? *)", _DAY)
def plan_expiry(day: datetime) -> None:
    """Warn users whose plans end in 30 days, in 7, in 1 or today, each of them once.

    A run that comes late warns of what is true by then: of two warnings that are overdue, only the nearer one is given.
    """
    for days, too_late in _WARNINGS.items():
        ends_on = (day + days * _DAY).date()
        left = (ends_on - clock.now().date()).days
        if too_late < left <= days:
            for plan in find_all(Entitlement, index="gsi1", ends_on=str(ends_on)):
                _warn(plan, days, max(0, left))


def _warn(plan: Entitlement, warning: int, left: int) -> None:
    named = ids.derived_id(
        plan.ends_at - warning * _DAY, "plan", plan.user_id, plan.product, str(plan.ends_on), str(warning)
    )
    _tell_once(
        PlanExpiring(event_id=named, user_id=plan.user_id, plan=plan.plan or "", ends_at=plan.ends_at, days_left=left)
    )


@jobs.in_every_span("cron(30 2 * * ? *)", _DAY)
def clean_up(day: datetime) -> None:
    """Remove messages that were kept long enough the day before, and take them off the counts of their inboxes.

    Storage removes what this job leaves by the items' own time a week later, without counting.
    """
    ended = f"{day - _DAY:%Y-%m-%d}"
    for shard in range(EXPIRY_SHARDS):
        of_user: dict[str, list[Notification]] = defaultdict(list)
        for message in find_all(Notification, index="gsi2", expiry_bucket=f"{ended}.{shard}"):
            of_user[message.user_id].append(message)
        for user_id, old in of_user.items():
            for start in range(0, len(old), _TOGETHER):
                _remove(user_id, old[start : start + _TOGETHER])


def _remove(user_id: str, old: Sequence[Notification]) -> None:
    counter = InboxCounter.fetch(user_id=user_id, consistent=True) or InboxCounter(user_id=user_id)
    try:
        messages.remove_counted(old, counter)
    except Conflict:  # the reader is at it too; the next run finds what is left, since a day is done twice
        logger.info("inbox changed meanwhile", extra={"user": user_id})


@jobs.in_every_span("cron(5 0 * * ? *)", _DAY)
def period_rollover(day: datetime) -> None:
    """Tell that a week or a month is over, on the first day after it; boards and reports turn over by that."""
    last = day - _DAY
    if day.isoweekday() == 1:
        _tell_end(day, "week", time_zones.week(last))
    if day.day == 1:
        _tell_end(day, "month", f"{last:%Y-%m}")


def _tell_end(day: datetime, length: Literal["week", "month"], period: str) -> None:
    named = ids.derived_id(day, "period", length, period)
    _tell_once(PeriodEnded(event_id=named, length=length, period=period))


def _tell_once(event: Event) -> None:
    with suppress(Conflict):  # a run before told it
        Unit().create(OutboxItem.of(event), event).commit()
