"""Who learns in which course, how far they are and how long they studied.

What a student ever completed is kept as sets of ids on one item, whatever the course asked for by then. So a part
counts once however often it is reported, and progress is what the sets have in common with the course as it is now.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Seats(Entity, discriminator="seats"):
    """The seats of a course, apart from it, since they change with every enrolment.

    - `state`: `open` while the course takes students, else `closed`.
    - `capacity`: how many students it may have; None is any number.
    - `taken`: how many it has, beside those in parts.
    - `parts`: in how many parts seats are taken; 1 where this item alone counts them.
    """

    keys = Keys("ENROLMENT#{course_id}", "SEATS")
    noun = "course"

    course_id = UnicodeAttribute()
    state = UnicodeAttribute()
    capacity = NumberAttribute(null=True)
    taken = NumberAttribute(default=0)
    parts = NumberAttribute(default=1)


class SeatPart(Entity, discriminator="seat_part"):
    """Some of the seats of a course that very many may enter at once.

    - `allotted`: how many seats the part was handed, None where the course has no limit.
    - `taken`: how many were taken here, less those that were freed here.
    """

    keys = Keys("ENROLMENT#{course_id}", "SEATS#{part:02d}")
    noun = "part of a course's seats"

    course_id = UnicodeAttribute()
    part = NumberAttribute()
    state = UnicodeAttribute()
    allotted = NumberAttribute(null=True)
    taken = NumberAttribute(default=0)


class Enrolment(Entity, discriminator="enrolment"):
    """A student in a course.

    - `state`: `active`, or `left`, which is kept as history.
    - `completed_at`: when the last required part was completed. Completed stays completed, whatever the course asks for
      later, unless the result of a quiz is taken back.
    - `lessons`, `assignments`, `quizzes`: the ids of what was ever completed.
    - `quiz_results`: by quiz and exam whether it was passed, as its latest `revision` says.
    - `roster_class`: the class of the school's roster by which the student came, if one did.
    - `lesson_completions`: by lesson id when it was completed. For lessons from before this was kept a migration finds
      the times of their points; those without any have no time.
    """

    keys = Keys("ENROLMENT#{course_id}", "STUDENT#{user_id}", gsi1=Index("ENROLMENTS#{user_id}", "{course_id}"))
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
    quiz_results: Any = JSONAttribute(default=dict)
    lesson_completions: Any = JSONAttribute(default=dict)
    roster_class = UnicodeAttribute(null=True)


class StudyTime(Entity, discriminator="study_time"):
    """How long a student studied a course.

    - `total_seconds`, `seconds_by_lesson`: what was counted, in all and by lesson id.
    - `report_ids`: the latest reports, each of which is counted once.
    - `last_report_at`: when the last one came.
    - `spare_seconds`: time that went by until then and that no report has claimed; late reports may.
    """

    keys = Keys("ENROLMENT#{course_id}", "TIME#{user_id}")
    noun = "study time"

    course_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    total_seconds = NumberAttribute(default=0)
    seconds_by_lesson: Any = JSONAttribute(default=dict)
    report_ids: ListAttribute[str] = ListAttribute(default=list)
    spare_seconds = NumberAttribute(default=0)
    last_report_at = Moment(null=True)
