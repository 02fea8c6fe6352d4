"""What is known of a student's studying as a whole: days, totals, and what time was counted already."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Learner(Entity, discriminator="learner"):
    """A student's days of study, and what the plans that are active ask for.

    - `runs`: days on which something was done, as pairs of the first and last day (ISO 8601) of each run.
    - `bridged`: days that a change of time zone left out, in the same form; they neither end a streak nor lengthen it.
    - `last_active_at`, `time_zone`: when something was last counted, and the zone whose day it was counted for.
    - `plans`: by id, `course_id`, `target_on`, `daily_questions` and `daily_minutes` of each active plan.
    - `remind_bucket`: the hour (UTC) in which reviews that are due are told of; none while there are no cards.
    - `reminded_on`: the local day of the last reminder.
    - `piles`: the names of `ReviewPile`s, whose cards are not stored yet.
    """

    keys = Keys("LEARNER#{user_id}", "LEARNER", gsi1=Index("REVIEWREMINDER#{remind_bucket}", "{user_id}"))
    noun = "learner"

    user_id = UnicodeAttribute()
    runs: Any = JSONAttribute(default=list)
    bridged: Any = JSONAttribute(default=list)
    last_active_at = Moment(null=True)
    time_zone = UnicodeAttribute(null=True)
    plans: Any = JSONAttribute(default=dict)
    remind_bucket = UnicodeAttribute(null=True)
    reminded_on = UnicodeAttribute(null=True)
    piles = UnicodeSetAttribute(null=True)


class DailyTotals(Entity, discriminator="daily_totals"):
    """What a student did on one local day; each second and each answer is counted once.

    `reviews` counts the grades given on the day that began at 04:00, which is what the cap of the queue goes by.
    """

    keys = Keys("LEARNER#{user_id}", "DAY#{day}")
    noun = "day"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    seconds = NumberAttribute(default=0)
    questions = NumberAttribute(default=0)
    correct = NumberAttribute(default=0)
    reviews = NumberAttribute(default=0)


class StudyClock(Entity, discriminator="study_clock"):
    """Which stretches of time were counted for a student, so that devices that overlap are counted once.

    `covered` is a list of merged stretches, seconds since 1970, of the last week.
    """

    keys = Keys("LEARNER#{user_id}", "CLOCK")
    noun = "study clock"

    user_id = UnicodeAttribute()
    covered: Any = JSONAttribute(default=list)


class PersonalizationAnswers(Entity, discriminator="personalization_answers"):
    """What a student answered in the personalization quiz, and by which version of it."""

    keys = Keys("LEARNER#{user_id}", "QUIZ")
    noun = "answers"

    user_id = UnicodeAttribute()
    quiz_version = NumberAttribute()
    answers: Any = JSONAttribute(default=dict)
    answered_at = Moment()
