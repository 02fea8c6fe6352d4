"""The forms of an assessment: its questions as they were when they were chosen, section by section, without keys."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from lyceum.kit.errors import rule_violation
from lyceum.model.exams.assessments import AssessmentForm
from lyceum.model.questions.question import Question

LETTERS = ("A", "B")
"""The names that forms can have."""

_LARGEST_BYTES = 350_000
_LEFT_OUT = frozenset({"PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "outbox", "outbox_size", "ttl", "embargoes"})


def frozen(assessment_id: str, letter: str, parts: Sequence[Sequence[Question]]) -> AssessmentForm:
    """Freeze questions as a form; raises RuleViolation PAPER_TOO_LARGE for more than storage holds."""
    content = zlib.compress(
        json.dumps([[_plain(question) for question in part] for part in parts], sort_keys=True).encode()
    )
    if len(content) > _LARGEST_BYTES:
        raise rule_violation("PAPER_TOO_LARGE", "These questions are too long for one paper. Take fewer.")
    return AssessmentForm(assessment_id=assessment_id, form=letter, content=content)


def _plain(question: Question) -> dict[str, Any]:
    return {name: value for name, value in question.serialize().items() if name not in _LEFT_OUT}


def questions_of(form: AssessmentForm) -> list[list[Question]]:
    """Read the questions of a form, section by section."""
    return [[Question.from_raw_data(raw) for raw in part] for part in json.loads(zlib.decompress(form.content))]
