"""Study plans: what is to be learnt until when, the calendar that was laid for it, and what was done of it."""

from typing import Any

from pynamodb.attributes import BinaryAttribute, JSONAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from lyceum.kit.table.entity import Entity, Keys, Moment

COUNTED = ("seconds", "questions", "correct")
"""What is counted of a topic and of a day."""


class StudyPlan(Entity, discriminator="study_plan"):
    """A plan of one student, its calendar included. States: active, paused, completed.

    - `starts_on`, `target_on`: days (ISO 8601) by the clock of `time_zone`; on the second is the exam.
    - `topics`: a row each with `key`, `topic_id` (of the catalogue, if it is one of that), `title`, `priority` from 1
      to 5, `minutes` (estimated), `after` (keys of what comes first), `mastery` from 0 to 1 and `done_on`.
    - `days_off`: `weekdays` (0 is Monday) and `dates`.
    - `calendar`: compressed JSON, rows of day, key, minutes and kind (`learn` or `revise`).
    - `unplaced`: minutes by key that have no place in the calendar.
    - `laid_on`: the day from which the calendar was laid; what lies before it is how it was planned then.
    - `feed_number`: counts the links to its calendar; only the last one is good.
    """

    keys = Keys("STUDYPLAN#{user_id}", "PLAN#{plan_id}")
    noun = "study plan"

    user_id = UnicodeAttribute()
    plan_id = UnicodeAttribute()
    title = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute(default="active")
    starts_on = UnicodeAttribute()
    target_on = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    daily_questions = NumberAttribute(default=20)
    daily_minutes = NumberAttribute(default=60)
    days_off: Any = JSONAttribute(default=dict)
    topics: Any = JSONAttribute(default=list)
    calendar = BinaryAttribute(null=True, legacy_encoding=False)
    unplaced: Any = JSONAttribute(default=dict)
    revision_from = UnicodeAttribute(null=True)
    laid_on = UnicodeAttribute()
    feed_number = NumberAttribute(default=1)
    completed_at = Moment(null=True)


class PlanProgress(Entity, discriminator="plan_progress"):
    """What a student did of a plan; it follows from events, and each is counted once.

    Its counters are added to one by one, so events that come at once do not hinder each other.

    - `topics`: by the catalogue's topic id, seconds studied, questions answered and answered rightly.
    - `days`: the same three by local day.
    """

    keys = Keys("STUDYPLAN#{user_id}", "PROGRESS#{plan_id}")
    noun = "progress"

    user_id = UnicodeAttribute()
    plan_id = UnicodeAttribute()
    topics: Any = MapAttribute(default=dict)
    days: Any = MapAttribute(default=dict)

    @classmethod
    def counter(cls, group: str, name: str, what: str) -> Path:
        """Name one counter, for changes: of `topics` or `days`, one of `seconds`, `questions` and `correct`."""
        return Path([group, f"{name}/{what}"])

    def done(self, group: str, name: str) -> tuple[int, int, int]:
        """Return seconds studied, questions answered and answered rightly, of a topic or a day."""
        counters = self._counters(group)
        seconds, questions, correct = (int(counters.get(f"{name}/{what}", 0)) for what in COUNTED)
        return seconds, questions, correct

    def names(self, group: str) -> set[str]:
        """Name the topics, or the days, that something is counted for."""
        return {counter.rpartition("/")[0] for counter in self._counters(group)}

    def _counters(self, group: str) -> dict[str, Any]:
        counters: dict[str, Any] = getattr(self, group).as_dict()
        return counters
