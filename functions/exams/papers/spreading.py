"""Spreading: what all candidates of a large exam write to is kept in parts, so that no partition takes all of it.

Two lists would be: the attempts at the exam, and what is due in a minute. How many parts they have follows from how
many candidates are expected; so an exam of a class has one, and costs no more to list than ever. A session's part
follows from its id. The first part has the list's own name, so lists may get more parts and never fewer.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.assessments import Assessment, DueParts

CANDIDATES_A_PART = 20_000
MOST_CANDIDATES = 1_000_000


def widen(assessment: Assessment, policy: Mapping[str, Any]) -> None:
    """Give the lists of an assessment as many parts as its rules expect candidates for; they never get fewer."""
    needed = -(-int(policy.get("expected_candidates") or 1) // CANDIDATES_A_PART)
    assessment.parts = max(int(assessment.parts), needed)


def announce(assessment: Assessment) -> None:
    """Let the sweep know how many parts of what is due there may be, before anything stands in them."""
    parts = int(assessment.parts)
    if parts > 1:
        is_more = DueParts.pk.does_not_exist() | (DueParts.parts < parts)
        with suppress(ConditionFailed):
            Unit().change(DueParts.at(), DueParts.parts.set(parts), when=is_more, or_create=True).commit()


def part_of(exam_id: str, parts: int) -> int | None:
    """Return the part that a session belongs to; None for the first, and where there are no others."""
    return int(hashlib.sha256(exam_id.encode()).hexdigest()[:8], 16) % parts or None


def name_of(whole: str, part: float | None) -> str:
    """Name one part of a list."""
    return f"{whole}.{int(part):02d}" if part else whole


def names_of(whole: str, parts: int) -> list[str]:
    """Name all parts of a list."""
    return [name_of(whole, part) for part in range(parts)]
