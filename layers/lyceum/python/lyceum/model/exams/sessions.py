"""Exam sessions. What each saved answer writes is the answer sheet, small and in no index; the rest stands beside it.

A session waits in the index partition of the minute in which something is due for it (first its warning, then its end,
then the release of a result that was kept back), so the sweep reads only what is due; a paused one waits for nobody. The marks are a family of their own,
which the function that delivers exams can not read.
"""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.operand import Path

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ExamSession(Entity, discriminator="exam_session"):
    """One student's attempt, from start to score. States: running, paused, finished; causes: submitted, expired.

    `closes_at` is the deadline plus the grace. `paper_hash`, `algorithm` and `scoring` pin what the score may be
    computed from. Score and percent are decimal texts, absent while `pending_count` answers wait for a grader;
    `revision` counts how often the score was made or changed. `owner_id` is whose published test it is of, and
    `closed_from` when what it asks may be told, `released_at` since when its result is told to others too. The audit trail has `trail_count` events, the last of them `trail_hash`.
    `interventions` are the incidents of the whole exam that reached this session.
    """

    keys = Keys(
        "EXAM#{exam_id}",
        "SESSION",
        gsi1=Index("DUE#{due_minute}", "{exam_id}"),
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
    due_minute = UnicodeAttribute(null=True)
    warned_at = Moment(null=True)
    finished_at = Moment(null=True)
    cause = UnicodeAttribute(null=True)
    score = UnicodeAttribute(null=True)
    max_score = UnicodeAttribute()
    percent = UnicodeAttribute(null=True)
    is_passed = BooleanAttribute(null=True)
    pending_count = NumberAttribute(default=0)
    revision = NumberAttribute(default=0)
    title = UnicodeAttribute(null=True)
    assessment_id = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    attempt = NumberAttribute(default=1)
    closed_from = Moment(null=True)
    released_at = Moment(null=True)
    paused_at = Moment(null=True)
    extended_seconds = NumberAttribute(default=0)
    trail_count = NumberAttribute(default=0)
    trail_hash = UnicodeAttribute(null=True)
    interventions: ListAttribute[str] = ListAttribute(default=list)


class AnswerSheet(Entity, discriminator="answer_sheet"):
    """The answers of a session and everything that decides whether another one may be saved.

    `answers` maps each question of the paper to `place` (its position from 0), the `form` of its response, the
    `allowed` names in it and the `most` that it may hold, and once answered to `chosen` (the response), `seq`, `operation`, `seconds` spent and the time `at` which
    it was saved; `flagged` marks it for review, `shown` says that its key was shown and the answer stands. `step` is 1
    where a saved answer moves on to the next question and 0 where it does not. `device` is the sign-in that holds the
    session. Each save moves `paid_until` (milliseconds since 1970) on, which bounds how fast they come. Where sections are
    timed, `section` is the open one, `section_until` when it closes (milliseconds again), `section_limits` the seconds of
    each, and every row names its `section`.
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
    device = UnicodeAttribute(null=True)
    paid_until = NumberAttribute(default=0)
    section = NumberAttribute(null=True)
    section_until = NumberAttribute(null=True)
    section_limits: ListAttribute[int] = ListAttribute(null=True)
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


class SessionEvent(Entity, discriminator="session_event"):
    """One entry of a session's audit trail: written once, never changed; `hash` covers it and the one before."""

    keys = Keys("EXAM#{exam_id}", "EVENT#{number:06d}")
    noun = "event"

    exam_id = UnicodeAttribute()
    number = NumberAttribute()
    name = UnicodeAttribute()
    actor = UnicodeAttribute()
    happened_at = Moment()
    reason = UnicodeAttribute(null=True)
    facts: Any = JSONAttribute(default=dict)
    previous_hash = UnicodeAttribute()
    hash = UnicodeAttribute()


class ActiveSession(Entity, discriminator="active_session"):
    """A user's running session in a scope; it exists once, however many starts race, and is void after `closes_at`."""

    keys = Keys("TAKER#{user_id}", "ACTIVE#{scope}")
    noun = "running session"

    user_id = UnicodeAttribute()
    scope = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    closes_at = Moment()


class AttemptCount(Entity, discriminator="attempts"):
    """How often a user has started a published test, quiz or paper, and the last session of it."""

    keys = Keys("TAKER#{user_id}", "ATTEMPTS#{assessment_id}")
    noun = "attempts"

    user_id = UnicodeAttribute()
    assessment_id = UnicodeAttribute()
    used = NumberAttribute(default=0)
    last_exam_id = UnicodeAttribute()


class DailyStarts(Entity, discriminator="daily_starts"):
    """How many sessions a user of the free tier has started on a day (UTC)."""

    keys = Keys("TAKER#{user_id}", "STARTS#{day}")
    noun = "daily starts"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    started = NumberAttribute(default=0)


class SweepMark(Entity, discriminator="sweep_mark"):
    """The last minute up to which everything due in a tenant has been done; kept with the main tenant's items."""

    keys = Keys("DUE#sweep", "{tenant_name}")
    noun = "sweep mark"

    tenant_name = UnicodeAttribute()
    minute = UnicodeAttribute()
