"""Reports of courses and of teachers: worked out of what is stored when something changed, by a job."""

from typing import Any

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class StaleReport(Entity, discriminator="stale_report"):
    """A report that is to be worked out again: `course#…` or `teacher#…`; `mark` is another one with each change."""

    keys = Keys("STALEREPORT#all", "{subject}")
    noun = "report"

    subject = UnicodeAttribute()
    mark = UnicodeAttribute()


class CourseReport(Entity, discriminator="course_report"):
    """How the students of a course do, without anybody's name.

    - `topics`: a row for each topic of the course that was answered.
    - `hardest`: the questions that were missed most.
    - `students`: compressed JSON, a row for each student: id and facts by which who is at risk is seen.
    """

    keys = Keys("COURSEREPORT#{course_id}", "REPORT")
    noun = "report"

    course_id = UnicodeAttribute()
    as_of = Moment()
    student_count = NumberAttribute(default=0)
    topics: Any = JSONAttribute(default=list)
    hardest: Any = JSONAttribute(default=list)
    students = BinaryAttribute(null=True, legacy_encoding=False)


class TeacherReport(Entity, discriminator="teacher_report"):
    """What a teacher has made and how it does: `content` and `courses` have a row each, `totals` are of all."""

    keys = Keys("TEACHERREPORT#{user_id}", "REPORT")
    noun = "report"

    user_id = UnicodeAttribute()
    as_of = Moment()
    totals: Any = JSONAttribute(default=dict)
    content: Any = JSONAttribute(default=list)
    courses: Any = JSONAttribute(default=list)


class Teaching(Entity, discriminator="teaching"):
    """Somebody taught a course at some time; whether they still do is said by the course."""

    keys = Keys("TEACHING#{user_id}", "{course_id}")
    noun = "course"

    user_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
