"""Reading a learner's figures: everything but topics and the log in one request."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.frozen import frozen
from lyceum.kit.table import batch_fetch
from lyceum.kit.values import local_time, time_zones
from lyceum.model.analytics.learners import DAILY, LearnerFigures, WeekFigures
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User
from lyceum.rules.learners import learner_days
from lyceum.rules.learners.learner_days import Streak
from lyceum.rules.profiles import Preferences

from functions.analytics.figures.counting import Counts

_ONE = timedelta(days=1)
_WEEK = 7


@frozen
class Book:
    """What is known of a learner at a moment."""

    user: User
    learner: Learner
    figures: LearnerFigures
    weeks: dict[str, WeekFigures]
    now: datetime
    today: date

    @property
    def streak(self) -> Streak:
        """The learner's streak."""
        return learner_days.streak_of(self.learner, self.now, self.user.time_zone)

    def day(self, day: date) -> Counts:
        """Return the counters of a local day."""
        week = self.weeks.get(time_zones.week(day))
        return {name: int(getattr(week, f"{name}_{day.isoweekday()}")) if week else 0 for name in DAILY}

    def sums(self, first: date, last: date) -> Counts:
        """Add up the days between two, both included; `active_days` counts those on which something was done."""
        total: Counts = dict.fromkeys((*DAILY, "active_days"), 0)
        for day in days(first, last):
            counts = self.day(day)
            for name, value in counts.items():
                total[name] += value
            total["active_days"] += any(counts.values())
        return total

    def goals(self) -> tuple[int, int, int]:
        """Return the questions and minutes of a day's goal, and the minutes of a week's."""
        questions, minutes = learner_days.daily_goals(self.learner, self.today)
        hours = Preferences.of(self.user).weekly_goal_hours or 0
        return questions, minutes, 60 * hours or minutes * _WEEK


def days(first: date, last: date) -> Iterator[date]:
    """Return every day between two, both included."""
    return (first + number * _ONE for number in range((last - first).days + 1))


def open_book(user_id: str, day_count: int) -> Book:
    """Read a learner's figures with the weeks of the last days (1 request for up to 670 days); raises NotFound."""
    now = clock.now()
    names = sorted({time_zones.week(day) for day in days(now.date() - day_count * _ONE, now.date() + _ONE)})
    found = batch_fetch(
        [
            User.at(user_id=user_id),
            Learner.at(user_id=user_id),
            LearnerFigures.at(user_id=user_id),
            *(WeekFigures.at(user_id=user_id, week=name) for name in names),
        ]
    )
    user, learner, figures = found[:3]
    if not isinstance(user, User) or user.status == "deleted":
        raise NotFound("There is no such user.")
    return Book(
        user=user,
        learner=learner if isinstance(learner, Learner) else Learner(user_id=user_id),
        figures=figures if isinstance(figures, LearnerFigures) else LearnerFigures(user_id=user_id),
        weeks={week.week: week for week in found[3:] if isinstance(week, WeekFigures)},
        now=now,
        today=local_time.day_of(now, time_zones.zone(user.time_zone)),
    )
