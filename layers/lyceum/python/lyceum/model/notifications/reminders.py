"""What study reminders and the news of a week are made of."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys


class StudyReminder(Entity, discriminator="study_reminder"):
    """When a user wants to be reminded to study, as long as the day's goal is open.

    - `time`, `time_zone`: HH:MM by the clocks of the zone, as the account had them at `account_version`.
    - `due_bucket`: the quarter of an hour (UTC) that holds that time next.
    - `reminded_on`: the last local day that was dealt with.
    """

    keys = Keys("REMINDER#{user_id}", "STUDY", gsi1=Index("REMINDERS#{due_bucket}", "{user_id}"))
    noun = "reminder"

    user_id = UnicodeAttribute()
    time = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    account_version = NumberAttribute()
    due_bucket = UnicodeAttribute()
    reminded_on = UnicodeAttribute(null=True)


class StudyDay(Entity, discriminator="study_day"):
    """How many exams and lessons a user finished on one day of their own calendar."""

    keys = Keys("REMINDER#{user_id}", "DAY#{day}")
    noun = "study day"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    finished = NumberAttribute(default=0)


class NewQuestions(Entity, discriminator="new_questions"):
    """How many questions entered the bank for a course in a week (ISO 8601, UTC), until its students were told.

    - `part`: which part of the count this is, with a sign before its number; empty for what was counted in no part.
    """

    keys = Keys("NEWQUESTIONS#{week}", "{course_id}{part}")
    noun = "new questions"

    week = UnicodeAttribute()
    course_id = UnicodeAttribute()
    part = UnicodeAttribute(default="")
    approved = NumberAttribute(default=0)
