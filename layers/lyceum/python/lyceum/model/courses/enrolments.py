"""Who learns in which course, how far they are and how long they studied.

What a student completed is kept as sets of ids on one item. So a part counts once however often it is reported, and
progress is what the sets have in common with the course as it is now: lessons that come and go need no recount.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Seats(Entity, discriminator="seats"):
    """Whether a course takes students, how many it may have and how many it has. State: open, closed."""

    keys = Keys("ENROLMENT#{course_id}", "SEATS")
    noun = "course"

    course_id = UnicodeAttribute()
    state = UnicodeAttribute()
    capacity = NumberAttribute(null=True)
    taken = NumberAttribute(default=0)


class Enrolment(Entity, discriminator="enrolment"):
    """A student in a course. States: active, left (kept as history). Completed stays completed."""

    keys = Keys("ENROLMENT#{course_id}", "STUDENT#{user_id}", gsi1=Index("LEARNING#{user_id}", "{course_id}"))
    noun = "enrolment"

    course_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute()
    enrolled_at = Moment()
    left_at = Moment(null=True)
    completed_at = Moment(null=True)
    last_activity_at = Moment(null=True)
    lessons = UnicodeSetAttribute(null=True)
    assignments = UnicodeSetAttribute(null=True)
    quizzes = UnicodeSetAttribute(null=True)


class StudyTime(Entity, discriminator="study_time"):
    """How long a student studied a course, in seconds, by lesson too; `last_beat` is the latest report that was counted."""

    keys = Keys("ENROLMENT#{course_id}", "TIME#{user_id}")
    noun = "study time"

    course_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    total_seconds = NumberAttribute(default=0)
    seconds_by_lesson: Any = JSONAttribute(default=dict)
    last_beat = UnicodeAttribute(null=True)
    last_beat_at = Moment(null=True)
