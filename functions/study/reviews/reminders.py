"""Once a day, at their study time, students are told that reviews wait; who has none is not told.

A reminder waits in the hour (UTC) in which it is due. It is planned when a card is made or graded, and moves on to the
next day, or to the day on which the next card comes due.
"""

from datetime import datetime, time, timedelta

from lyceum.kit import clock, context, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.jobs import schedules
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.kit.values import local_time, time_zones
from lyceum.model.study.learners import Learner
from lyceum.model.study.reviews import ReviewCard
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences
from lyceum.tasks.notifications import DeliverNotice

from functions.study.reviews import piles

HOUR = timedelta(hours=1)
KIND = "review.due"
_USUAL = time(17)
_MOST_COUNTED = 100


def bucket_after(user: User | None, after: datetime) -> str:
    """Name the hour (UTC) of the next reminder: at the study time of the account, or else at 17:00."""
    chosen = Preferences.of(user).study_time if user else None
    shown = time.fromisoformat(chosen) if chosen else _USUAL
    zone = time_zones.zone(user.time_zone if user else "UTC")
    return schedules.bucket(schedules.start_of(local_time.next_at(shown, zone, after), HOUR))


def plan(learner: Learner, user: User | None, at: datetime) -> bool:
    """Plan the next reminder of somebody whose cards changed at a moment; say whether it comes sooner than before."""
    wanted = bucket_after(user, at)
    if learner.remind_bucket is not None and learner.remind_bucket <= wanted:
        return False
    learner.remind_bucket = wanted
    return True


def attend(learner: Learner, user: User | None, hour: datetime) -> None:
    """Tell a student of reviews that are due, once a local day, and move the reminder to the next day.

    Who comes second changes nothing.
    """
    now = clock.now()
    zone = time_zones.zone(user.time_zone if user else "UTC")
    day = local_time.day_of(hour, zone)
    cards = find(ReviewCard, index="gsi1", user_id=learner.user_id, limit=_MOST_COUNTED).items
    cards += [card for pile in piles.read(learner) for card in pile.cards()]
    count = min(_MOST_COUNTED, sum(card.due_at <= now for card in cards))
    is_told = count > 0 and day == local_time.day_of(now, zone) and learner.reminded_on != day.isoformat()
    waited = Learner.remind_bucket == learner.remind_bucket
    is_gone = user is None or user.status == "deleted" or not cards
    after = max(
        now,
        hour + HOUR - timedelta(milliseconds=1),
        *([] if count or is_gone else [min(card.due_at for card in cards)]),
    )
    learner.remind_bucket = None if is_gone else bucket_after(user, after)
    learner.reminded_on = day.isoformat()
    unit = Unit().amend(learner, "remind_bucket", "reminded_on", when=waited)
    if is_told and not is_gone:
        notice = DeliverNotice(
            event_id=ids.derived_id(hour, KIND, context.tenant(), learner.user_id, day.isoformat()),
            kind=KIND,
            user_ids=[learner.user_id],
            data={"count": str(count)},
        )
        unit.put(OutboxItem.of(notice), notice)
    try:
        unit.commit()
    except ConditionFailed:  # another run attended to it
        return
