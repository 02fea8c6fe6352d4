"""The marks of finished sessions: a guarded family, which the function that delivers exams can not read."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class ExamMarks(Entity, discriminator="exam_marks"):
    """How each answer of a finished session was marked.

    - `keys_hash`: names the keys used.
    - `marks`, `sections`: a row for each question, and one for each section of the paper.
    - `grades`: what graders gave, by question.
    - `rulings`: what was ruled on questions since, by question.
    - `waiting`: what a grader needs of each answer that waits. While there are any, `state` is `pending`, not `final`.
    - `marker`: in whose queue they wait: the owner's of the test, whose of a course's quiz is whose the course is now,
      or the pool's of all instructors. Those of a course also stand in a queue of the course, for all who teach it.
    """

    keys = Keys(
        "MARKS#{exam_id}",
        "MARKS",
        gsi1=Index("MARKING#{marker}", "{finished_at}#{exam_id}", when={"state": "pending"}),
        gsi2=Index("COURSEMARKING#{course_id}", "{finished_at}#{exam_id}", when={"state": "pending"}),
    )
    noun = "marks"
    is_stamped = False

    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    keys_hash = UnicodeAttribute()
    marks: Any = PackedJSON()
    sections: Any = JSONAttribute(default=list)
    grades: Any = JSONAttribute(default=dict)
    rulings: Any = JSONAttribute(default=dict)
    waiting: Any = JSONAttribute(default=list)
    state = UnicodeAttribute(default="final")
    revision = NumberAttribute(default=1)
    marker = UnicodeAttribute(null=True)
    mode = UnicodeAttribute(null=True)
    assessment_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    finished_at = Moment(null=True)
    score = UnicodeAttribute(null=True)
    percent = UnicodeAttribute(null=True)


class MarksRevision(Entity, discriminator="marks_revision"):
    """The marks of a session as they stood before a later revision; never changed."""

    keys = Keys("MARKS#{exam_id}", "REV#{revision:06d}")
    noun = "marks"

    exam_id = UnicodeAttribute()
    revision = NumberAttribute()
    keys_hash = UnicodeAttribute()
    marks: Any = PackedJSON()
    grades: Any = JSONAttribute(default=dict)
    rulings: Any = JSONAttribute(default=dict)
    score = UnicodeAttribute(null=True)
    percent = UnicodeAttribute(null=True)
