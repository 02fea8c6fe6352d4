"""Figures of a tenant by day, folded from events; of persons, who was there when, for exact counts."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class ActivityDay(Entity, discriminator="activity_day"):
    """What happened on a day (UTC), kept for good.

    - `active`: users who were there; `active_7`, `active_30`: in the seven or thirty days that end with it.
    - `newcomers`: users who were there for the first time.
    - `registered`, `questions_submitted`, `questions_approved`, `enrolled`, `left`, `completed`, `lessons`, `exams`,
      `submissions`, `downloads`, `answers`: how often it happened.
    - `first_answers`, `answer_seconds`: questions that were answered for the first time, and how long that took in all.
    """

    keys = Keys("ACTIVITYDAY#all", "{day}")
    noun = "day"

    day = UnicodeAttribute()
    active = NumberAttribute(default=0)
    active_7 = NumberAttribute(default=0)
    active_30 = NumberAttribute(default=0)
    newcomers = NumberAttribute(default=0)
    registered = NumberAttribute(default=0)
    questions_submitted = NumberAttribute(default=0)
    questions_approved = NumberAttribute(default=0)
    enrolled = NumberAttribute(default=0)
    left = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    lessons = NumberAttribute(default=0)
    exams = NumberAttribute(default=0)
    submissions = NumberAttribute(default=0)
    downloads = NumberAttribute(default=0)
    answers = NumberAttribute(default=0)
    first_answers = NumberAttribute(default=0)
    answer_seconds = NumberAttribute(default=0)


class SeenUser(Entity, discriminator="seen_user"):
    """When a user was there, as far as counts need it; it goes with the account.

    - `days`: the days of the last two months, as numbers (ordinals of the Gregorian calendar).
    - `first_day`: the first of all.
    - `weeks`, `months`: how many weeks or months after the first it was, each once.
    """

    keys = Keys("SEENUSER#{user_id}", "SEEN")
    noun = "activity"

    user_id = UnicodeAttribute()
    days: Any = JSONAttribute(default=list)
    first_day = NumberAttribute()
    weeks: Any = JSONAttribute(default=list)
    months: Any = JSONAttribute(default=list)


class RetentionCell(Entity, discriminator="retention_cell"):
    """How many users of a cohort were there some time after their first day.

    - `grain`: week or month.
    - `cohort`: the Monday (`2027-01-11`) or the month (`2027-01`) of the first day.
    - `offset`: weeks or months later; 0 is the size of the cohort.
    """

    keys = Keys("RETENTION#{grain}", "{cohort}#{offset:03d}")
    noun = "cohort"

    grain = UnicodeAttribute()
    cohort = UnicodeAttribute()
    offset = NumberAttribute()
    users = NumberAttribute(default=0)


class CourseMonth(Entity, discriminator="course_month"):
    """What happened in a course in a month (UTC), kept for good."""

    keys = Keys("COURSEMONTH#{month}", "{course_id}")
    noun = "month"

    month = UnicodeAttribute()
    course_id = UnicodeAttribute()
    enrolled = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    left = NumberAttribute(default=0)
    lessons = NumberAttribute(default=0)


class TierCount(Entity, discriminator="tier_count"):
    """How many users have a plan of a tier, as they were counted at a moment."""

    keys = Keys("TIERCOUNT#all", "{tier}")
    noun = "count"

    tier = UnicodeAttribute()
    total = NumberAttribute(default=0)
    counted_at = Moment()
