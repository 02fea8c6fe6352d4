"""How long what an exam asks stays secret: from its publication until nobody can sit it any more (EXAM L4)."""

from datetime import datetime
from typing import Any

from lyceum.events.questions import QuestionsEmbargoed
from lyceum.kit import clock
from lyceum.model.exams.assessments import Assessment

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


def embargoed(assessment: Assessment) -> list[QuestionsEmbargoed]:
    """Say which questions nobody else is to be shown for how long.

    Nothing for a draft, or an exam that stays open for good.
    """
    until = last_closing(assessment)
    if assessment.state != "published" or until is None or until <= clock.now():
        return []
    return [QuestionsEmbargoed(question_ids=assessment.draw["question_ids"], until=until)]
