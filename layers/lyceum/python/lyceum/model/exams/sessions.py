"""Exam sessions. What each saved answer writes is the answer sheet, small and in no index; the rest stands beside it.

A session waits in the index partition of the minute in which something is due for it (first its warning, then its end,
then the release of a result that was kept back), so the sweep reads only what is due; a paused one waits for nobody.
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

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class ExamSession(Entity, discriminator="exam_session"):
    """One student's attempt, from start to score. States: running, paused, finished; causes: submitted, expired.

    - `closes_at`: the deadline plus the grace.
    - `due_minute`: the minute in which something is due; behind a dot its `part`.
    - `part`: which part of its exam's lists it stands in, other than the first.
    - `paper_hash`, `algorithm`, `scoring`: pin what the score may be computed from.
    - `score`, `percent`: decimal texts, absent while answers wait for a grader, which `pending_count` counts.
    - `revision`: how often the score was made or changed.
    - `owner_id`: whose published test it is of.
    - `is_preview`: staff tries it; it stands in no list and counts nowhere.
    - `closed_from`: when what it asks may be told.
    - `release_sequence`: of the change of its exam that `closed_from` is from.
    - `embargoed_until`: until when another exam keeps secret what it asks, as it was known at its end.
    - `released_at`: since when its result is told to others too.
    - `audit_count`, `audit_hash`: how many events its audit log has, and the hash of the last.
    - `incident_ids`: the incidents of the whole exam that reached this session, or that it has no use for any more.
    - `pause_sequence`: of the last pause of the whole exam, or end of one, that reached it; `later_pauses`: when those
      were declared that reached it while it stood for an earlier one.
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
    part = NumberAttribute(null=True)
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
    is_preview = BooleanAttribute(default=False)
    attempt = NumberAttribute(default=1)
    closed_from = Moment(null=True)
    release_sequence = NumberAttribute(default=0)
    embargoed_until = Moment(null=True)
    released_at = Moment(null=True)
    paused_at = Moment(null=True)
    extended_seconds = NumberAttribute(default=0)
    audit_count = NumberAttribute(default=0)
    audit_hash = UnicodeAttribute(null=True)
    incident_ids: ListAttribute[str] = ListAttribute(default=list)
    pause_sequence = NumberAttribute(default=0)
    later_pauses: ListAttribute[str] = ListAttribute(default=list)


class AnswerSheet(Entity, discriminator="answer_sheet"):
    """The answers of a session and everything that decides whether another one may be saved.

    Of a longer paper whose questions may be answered in any order it holds the rows of some, and `SheetBlock` those of
    others (`lyceum.rules.exams.answer_sheets` joins them; `blocks` are those that were read with it).

    - `step`: 1 where a saved answer moves on to the next question, 0 where it does not.
    - `device`: the sign-in that holds the session.
    - `paid_until`: milliseconds since 1970; each save moves it on, which bounds how fast they come.
    - `section`, `section_until`, `section_limits`: where sections are timed, the open one, when it closes (milliseconds
      since 1970), and the seconds of each.
    - `answers`: a row for each question of the paper.

    A row has:

    - `place`: its position from 0.
    - `form`, `allowed`, `most`: the form of its response, the names that it may use, and how much it may hold.
    - `section`: where sections are timed.
    - `chosen`, `seq`, `seconds`, `at`: once answered, the response, its sequence, the seconds spent, and the time of
      the save.
    - `past0` to `past7`: by its sequence, the last saves, overwritten or not: sequence, a digest of the response, when
      it was saved (milliseconds since 1970), and the operation id, with spaces between.
    - `flagged`: it is marked for review.
    - `shown`: its key was shown, and the answer stands.
    """

    keys = Keys("EXAM#{exam_id}", "SHEET")
    noun = "exam"
    is_stamped = False

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
    blocks: "tuple[SheetBlock, ...]" = ()

    @classmethod
    def row(cls, question_id: str) -> Path:
        """Name a question's whole row, for conditions and changes."""
        return Path(["answers", question_id])

    @classmethod
    def part(cls, question_id: str, name: str) -> Path:
        """Name one part of a question's answer, for conditions and changes."""
        return Path(["answers", question_id, name])


class SheetBlock(AnswerSheet, discriminator="sheet_block"):
    """Another block of an answer sheet: rows of some questions, with the sheet's state, times, device and pace."""

    keys = Keys("EXAM#{exam_id}", "SHEET#{block:02d}")

    block = NumberAttribute()


class ExamPaper(Entity, discriminator="exam_paper"):
    """The questions of a session in their order, frozen at the start and without a key: compressed canonical JSON."""

    keys = Keys("EXAM#{exam_id}", "PAPER")
    noun = "paper"
    is_stamped = False

    exam_id = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)


class ExamPack(Entity, discriminator="exam_pack"):
    """What binds a session that is sat without a line to its candidate and device, and what came back of it.

    - `pack_id`: the id of the session.
    - `released_at`: from when its key is told. `limit_seconds`: how long the candidate may take.
    - `state`: `out`, `accepted`, or `quarantined`, with `reasons`, until a person has looked at it.
    - `digest`: of what was handed in, which is written before it is judged. `chain`: what was handed in, as it came.
    - `others`: digests of what was handed in after that. `later`: the first of those whose chain holds, as it came,
      where that of the first hand-in does not.
    - `left_out`: position, question and code of each answer that did not count when the others were scored.
    - `ruling`: `accept` or `reject`, what a person decided of a quarantined one; `state` is `accepted` or `rejected`
      once that is carried out.
    """

    keys = Keys("EXAM#{pack_id}", "PACK")
    noun = "pack"

    pack_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    assessment_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    released_at = Moment()
    limit_seconds = NumberAttribute()
    paper_hash = UnicodeAttribute()
    state = UnicodeAttribute(default="out")
    handed_in_at = Moment(null=True)
    digest = UnicodeAttribute(null=True)
    reasons: ListAttribute[str] = ListAttribute(default=list)
    chain = PackedJSON(null=True)
    others: ListAttribute[str] = ListAttribute(default=list)
    later = PackedJSON(null=True)
    left_out: Any = JSONAttribute(null=True)
    ruling = UnicodeAttribute(null=True)
    ruling_reason = UnicodeAttribute(null=True)
    ruled_by = UnicodeAttribute(null=True)
    ruled_at = Moment(null=True)


class SessionEvent(Entity, discriminator="session_event"):
    """One entry of a session's audit log: written once, never changed; `hash` covers it and the one before."""

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


class SaveChain(Entity, discriminator="save_chain"):
    """The end of a session's chain of saves: how many are chained, the hash of the last, and those not sealed yet.

    It holds what the latest saves are until others come, so that nothing but it is written for most of them.

    - `open_saves`: the last ones, as `SealedSaves` has them; `latest_at`: when the latest of all was saved.
    """

    keys = Keys("EXAM#{exam_id}", "SAVES")
    noun = "chain"
    is_stamped = False

    exam_id = UnicodeAttribute()
    length = NumberAttribute(default=0)
    last_hash = UnicodeAttribute(default="")
    latest_at = UnicodeAttribute(null=True)
    open_saves: Any = JSONAttribute(default=list)


class SealedSaves(Entity, discriminator="sealed_saves"):
    """Some saved answers in a session's audit trail, chained behind the saves: written once, never changed.

    - `first`: the number of the first of them.
    - `saves`: of each the question, the sequence, the operation, the hash of what was answered, and when it was saved.
    - `last_hash`: of the last; each one's hash covers it and the one before.
    """

    keys = Keys("EXAM#{exam_id}", "SAVES#{first:06d}")
    noun = "saves"
    is_stamped = False

    exam_id = UnicodeAttribute()
    first = NumberAttribute()
    saves: Any = JSONAttribute()
    last_hash = UnicodeAttribute()


class ChainedSave(Entity, discriminator="chained_save"):
    """One saved answer in the audit trail of a session from before saves were sealed several at a time.

    `answer` is the hash of what was answered; `hash` covers it and the one before.
    """

    keys = Keys("EXAM#{exam_id}", "SAVE#{question_id}#{seq:016d}#{operation}")
    noun = "save"

    exam_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    seq = NumberAttribute()
    operation = UnicodeAttribute(default="")
    answer = UnicodeAttribute()
    saved_at = UnicodeAttribute()
    number = NumberAttribute()
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


class AttemptCount(Entity, discriminator="attempt_count"):
    """How often a user has started a published test, quiz or paper, and the last session of it."""

    keys = Keys("TAKER#{user_id}", "ATTEMPTS#{assessment_id}")
    noun = "attempt count"

    user_id = UnicodeAttribute()
    assessment_id = UnicodeAttribute()
    used = NumberAttribute(default=0)
    last_exam_id = UnicodeAttribute()


class CodeGuesses(Entity, discriminator="code_guesses"):
    """Wrong access codes that a user gave for one exam.

    - `failed`: how many in a row.
    - `blocked_until`: when the next one is looked at.
    - `is_checking`: one is being looked at right now.
    """

    keys = Keys("TAKER#{user_id}", "CODES#{assessment_id}")
    noun = "access code"

    user_id = UnicodeAttribute()
    assessment_id = UnicodeAttribute()
    failed = NumberAttribute(default=0)
    blocked_until = Moment()
    is_checking = BooleanAttribute(default=False)


class DailyStarts(Entity, discriminator="daily_starts"):
    """How many sessions of their own choice a user of the free tier has started on a day (UTC)."""

    keys = Keys("TAKER#{user_id}", "STARTS#{day}")
    noun = "daily starts"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    started = NumberAttribute(default=0)
