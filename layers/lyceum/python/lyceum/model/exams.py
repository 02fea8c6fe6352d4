"""Exam sessions. What each saved answer writes is the answer sheet, small and in no index; the rest stands beside it.

A running session waits in the index partition of the minute in which something is due for it (first its warning,
then its end), so the sweep reads only what is due. The marks are a family of their own, which the function that
delivers exams can not read.
"""

from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from lyceum.table.entity import Entity, Index, Keys, Moment


class ExamSession(Entity, discriminator="exam_session"):
    """One student's attempt, from start to score. States: running, finished; causes: submitted, expired.

    `closes_at` is the deadline plus the grace. `paper_hash`, `algorithm` and `scoring` pin what the score may be
    computed from. Score and percent are decimal texts.
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
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    question_count = NumberAttribute()
    seed = UnicodeAttribute()
    algorithm = NumberAttribute()
    scoring = NumberAttribute()
    paper_hash = UnicodeAttribute()
    started_at = Moment()
    deadline_at = Moment()
    closes_at = Moment()
    due_minute = UnicodeAttribute()
    warned_at = Moment(null=True)
    finished_at = Moment(null=True)
    cause = UnicodeAttribute(null=True)
    score = UnicodeAttribute(null=True)
    max_score = UnicodeAttribute()
    percent = UnicodeAttribute(null=True)
    is_passed = BooleanAttribute(null=True)


class AnswerSheet(Entity, discriminator="answer_sheet"):
    """The answers of a session and everything that decides whether another one may be saved.

    `answers` maps each question of the paper to `place` (its position from 0), `allowed` option ids and the `most`
    that may be chosen, and once answered to `chosen`, `seq`, `operation`, `seconds` spent and the time `at` which
    it was saved. `step` is 1 where a saved answer moves on to the next question and 0 where it does not.
    """

    keys = Keys("EXAM#{exam_id}", "SHEET")
    noun = "exam"

    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute()
    deadline_at = Moment()
    closes_at = Moment()
    step = NumberAttribute(default=0)
    position = NumberAttribute(default=0)
    answers: Any = MapAttribute(default=dict)

    @classmethod
    def part(cls, question_id: str, name: str) -> Path:
        """Name one part of a question's answer, for conditions and changes."""
        return Path(["answers", question_id, name])


class ExamPaper(Entity, discriminator="exam_paper"):
    """The questions of a session in their order, frozen at the start and without a key: compressed canonical JSON."""

    keys = Keys("EXAM#{exam_id}", "PAPER")
    noun = "paper"

    exam_id = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)


class ExamMarks(Entity, discriminator="exam_marks"):
    """How each answer of a finished session was marked, with what was right; `keys_hash` names the keys used."""

    keys = Keys("MARKS#{exam_id}", "MARKS")
    noun = "marks"

    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    keys_hash = UnicodeAttribute()
    marks: Any = JSONAttribute()


class ActiveSession(Entity, discriminator="active_session"):
    """A user's running session in a scope; it exists once, however many starts race, and is void after `closes_at`."""

    keys = Keys("TAKER#{user_id}", "ACTIVE#{scope}")
    noun = "running session"

    user_id = UnicodeAttribute()
    scope = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    closes_at = Moment()


class SweepMark(Entity, discriminator="sweep_mark"):
    """The last minute up to which everything due in a tenant has been done; kept with the main tenant's items."""

    keys = Keys("DUE#sweep", "{tenant_name}")
    noun = "sweep mark"

    tenant_name = UnicodeAttribute()
    minute = UnicodeAttribute()
