"""How long what an exam asks stays secret: from its publication until nobody can sit it any more (EXAM L4)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.questions import QuestionsEmbargoed
from lyceum.kit import clock
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.exams.assessments import Assessment, EmbargoedBank
from lyceum.model.exams.sessions import ExamPaper, ExamSession
from lyceum.model.questions.question import Question

from functions.exams.papers import paper, policies

MOST_HELD = 500
"""How many questions of others the exams of one author may keep secret at a time."""


def window(assessment: Assessment, extra: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when the window opens and closes for a student, extensions and accommodations included (EXAM T1)."""
    opens = clock.parse(extra["opens_at"]) if extra.get("opens_at") else assessment.opens_at
    closes = clock.parse(extra["closes_at"]) if extra.get("closes_at") else assessment.closes_at
    return opens, policies.later(closes, int(assessment.extended_seconds))


def last_closing(assessment: Assessment) -> datetime | None:
    """Return when nobody sits the exam any more, before which nothing of what it asks is told.

    While it is paused, that is as late as the pause may make it. None for one that stays open for good.
    """
    closing = own_closing(assessment)
    postponed = assessment.release_postponed_until
    return max(closing, postponed) if closing and postponed else closing


def own_closing(assessment: Assessment) -> datetime | None:
    """Return the same by the exam's own windows, whatever single sessions were given beyond them."""
    closings = [window(assessment, extra)[1] for extra in ({}, *assessment.accommodations.values())]
    last = policies.latest(*closings)
    if last is None:
        return None
    stands = policies.LONGEST_PAUSE if assessment.paused_at else timedelta(0)
    return policies.closing(last, assessment.policy) + stands


def take_closing(session: ExamSession, found: Iterable[object]) -> None:
    """Let a session tell what it asked when its exam, if it was found, says now: moved windows count at once."""
    for item in found:
        if isinstance(item, Assessment) and item.version >= session.release_sequence:
            session.closed_from, session.release_sequence = last_closing(item), int(item.version)


def asked(assessment: Assessment) -> list[str]:
    """Name the questions that an exam embargoes as it stands: none as a draft, deleted, or open for good."""
    is_embargo = assessment.state == "published" and last_closing(assessment) is not None
    return list(assessment.draw["question_ids"]) if is_embargo else []


def embargoed(assessment: Assessment, earlier: Sequence[str] = ()) -> list[QuestionsEmbargoed]:
    """Say which questions nobody else is to be shown for how long, and which of the earlier ones are free again.

    The next version of the assessment is the sequence, since each is told with a write of its own.
    """
    now, until, names = clock.now(), last_closing(assessment), asked(assessment)
    about = {"assessment_id": assessment.assessment_id, "sequence": int(assessment.version or 0) + 1}
    told = []
    if names and until is not None and (until > now or set(names) & set(earlier)):
        told.append(QuestionsEmbargoed(**about, question_ids=names, until=until if until > now else None))
    free = [name for name in earlier if name not in names]
    return [*told, *([QuestionsEmbargoed(**about, question_ids=free)] if free else [])]


def hold(unit: Unit, caller: Principal, assessment: Assessment, others: int) -> None:
    """Count what an exam keeps secret of others' questions, in the transaction that publishes, changes or ends it.

    So nobody can hide the bank alone. Costs 1 storage request for an exam with a window. Raises RuleViolation
    EMBARGO_LIMIT for those who do not manage exams.
    """
    until = last_closing(assessment)
    is_held = assessment.state == "published" and until is not None and until > clock.now() and others > 0
    if not is_held and not assessment.version:
        return
    bank = EmbargoedBank.fetch(owner_id=assessment.owner_id, consistent=True)
    if bank is None and not is_held:
        return
    bank = bank or EmbargoedBank(owner_id=assessment.owner_id)
    now, own = clock.now(), assessment.assessment_id
    held = {name: each for name, each in bank.held.items() if name != own and clock.parse(each["until"]) > now}
    if is_held and until is not None:
        held[own] = {"count": others, "until": clock.iso(until)}
    if sum(each["count"] for each in held.values()) > MOST_HELD and is_held and not caller.may(Permission.MANAGE_EXAMS):
        raise rule_violation(
            "EMBARGO_LIMIT", f"Your exams may keep {MOST_HELD} questions of others secret at a time: use own ones."
        )
    if held != bank.held:
        bank.held = held
        unit.save(bank)


def lasting(questions: Iterable[Question], assessment_id: str | None, now: datetime) -> datetime | None:
    """Return until when exams other than a session's own keep secret what it asks; None when none does (EXAM L6)."""
    ends = [
        clock.parse(each["until"])
        for question in questions
        for name, each in (question.embargoes or {}).items()
        if name != assessment_id
    ]
    return max((end for end in ends if end >= now), default=None)


def judge(session: ExamSession, content: ExamPaper) -> None:
    """Let a finished session tell what it may tell now, whatever was decided when it ended (EXAM L6, L7).

    Costs 1 storage request for each hundred questions. The session is changed, and left to the caller to store.
    """
    entries = paper.entries_of(paper.unpack(content.content))
    names: list[Entity] = [Question.at(question_id=entry["question_id"]) for entry in entries]
    if session.assessment_id:
        names.append(Assessment.at(assessment_id=session.assessment_id))
    judge_by(session, batch_fetch(names))


def judge_by(session: ExamSession, found: Sequence[object]) -> None:
    """Do the same by its questions and assessment as they were found."""
    take_closing(session, found)
    questions = [item for item in found if isinstance(item, Question)]
    session.embargoed_until = lasting(questions, session.assessment_id, clock.now())
