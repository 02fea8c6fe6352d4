"""Exam sessions. The session is small, because every saved answer writes it; the paper stands beside it.

A running session waits in the index partition of the minute in which something is due for it (first its warning,
then its end), so the sweep reads only what is due. The marks are a family of their own, which the function that
delivers exams can not read.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Index, Keys, Moment


class ExamSession(Entity, discriminator="exam_session"):
    """One student's attempt, from start to score.

    `refs` lists question id, revision and marks in the paper's order; `answers` maps the position (from "0") to
    option ids, sequence, operation id, seconds spent, time saved and whether it came in the grace.
    """

    keys = Keys(
        "EXAM#{exam_id}",
        "SESSION",
        gsi1=Index("DUE#{due_minute}", "{exam_id}", when={"state": "running"}),
        gsi2=Index("TAKER#{user_id}", "{started_at}#{exam_id}"),
    )
    noun = "exam"

    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    mode = UnicodeAttribute()
    state = UnicodeAttribute()
    scope = UnicodeAttribute()
    policy: Any = JSONAttribute()
    seed = UnicodeAttribute()
    algorithm = NumberAttribute()
    paper_hash = UnicodeAttribute()
    refs: Any = JSONAttribute()
    answers: Any = MapAttribute(default=dict)
    flags: Any = MapAttribute(default=dict)
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    started_at = Moment()
    deadline_at = Moment()
    grace_seconds = NumberAttribute()
    due_minute = UnicodeAttribute(null=True)
    warned_at = Moment(null=True)
    finished_at = Moment(null=True)
    cause = UnicodeAttribute(null=True)
    score = UnicodeAttribute(null=True)
    max_score = UnicodeAttribute()
    percent = UnicodeAttribute(null=True)
    is_passed = BooleanAttribute(null=True)


class ExamPaper(Entity, discriminator="exam_paper"):
    """The questions of a session as they are delivered, frozen at the start and without a key."""

    keys = Keys("EXAM#{exam_id}", "PAPER")
    noun = "paper"

    exam_id = UnicodeAttribute()
    questions: Any = JSONAttribute()


class ExamMarks(Entity, discriminator="exam_marks"):
    """How each answer of a finished session was marked, with what was right."""

    keys = Keys("MARKS#{exam_id}", "MARKS")
    noun = "marks"

    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    marks: Any = JSONAttribute()


class ActiveSession(Entity, discriminator="active_session"):
    """A user's running session in a scope; it exists once, however many starts race."""

    keys = Keys("TAKER#{user_id}", "ACTIVE#{scope}")
    noun = "running session"

    user_id = UnicodeAttribute()
    scope = UnicodeAttribute()
    exam_id = UnicodeAttribute()


class SweepMark(Entity, discriminator="sweep_mark"):
    """The last minute up to which everything due has been done."""

    keys = Keys("DUE#sweep", "MARK")
    noun = "sweep mark"

    minute = UnicodeAttribute()
