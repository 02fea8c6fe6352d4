"""How long what an exam asks stays secret: from its publication until nobody can sit it any more (EXAM L4)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lyceum.events.questions import QuestionsEmbargoed
from lyceum.kit import clock
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.questions.question import Question

from functions.exams.papers import policies


def window(assessment: Assessment, extra: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when the window opens and closes for a student, extensions and accommodations included (EXAM T1)."""
    opens = clock.parse(extra["opens_at"]) if extra.get("opens_at") else assessment.opens_at
    closes = clock.parse(extra["closes_at"]) if extra.get("closes_at") else assessment.closes_at
    return opens, policies.later(closes, int(assessment.extended_seconds))


def last_closing(assessment: Assessment) -> datetime | None:
    """Return when nobody sits the exam any more, before which nothing of what it asks is told.

    None for one that stays open for good.
    """
    closings = [window(assessment, extra)[1] for extra in ({}, *assessment.accommodations.values())]
    last = policies.latest(*closings)
    if last is None:
        return None
    closing = policies.closing(last, assessment.policy)
    return max(closing, assessment.release_postponed_until) if assessment.release_postponed_until else closing


def take_closing(session: ExamSession, found: Iterable[object]) -> None:
    """Let a session tell what it asked when its exam, if it was found, says now: moved windows count at once."""
    for item in found:
        if isinstance(item, Assessment) and item.version > session.release_sequence:
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


def lasting(questions: Iterable[Question], assessment_id: str | None, now: datetime) -> datetime | None:
    """Return until when exams other than a session's own keep secret what it asks; None when none does (EXAM L6)."""
    ends = [
        clock.parse(each["until"])
        for question in questions
        for name, each in (question.embargoes or {}).items()
        if name != assessment_id
    ]
    return max((end for end in ends if end >= now), default=None)
