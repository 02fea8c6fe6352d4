"""The forms of an assessment: its questions as they were when they were chosen, section by section, without keys."""

import json
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

from lyceum.kit import context
from lyceum.kit.errors import rule_violation
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.questions.question import Question

LETTERS = ("A", "B")
"""The names that forms can have."""

_LARGEST_BYTES = 350_000
_LEFT_OUT = frozenset({"PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "outbox", "outbox_size", "ttl", "embargoes"})


_MOST_KEPT = 16


class Kept(NamedTuple):
    """The forms of an assessment that a process keeps, and whether very many are expected to start it."""

    forms: list[AssessmentForm]
    is_for_crowd: bool = False


_kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
"""The forms that this process read last, by tenant and assessment, the latest at the end."""


def kept(assessment_id: str) -> Kept:
    """Return the forms of an assessment that this process keeps; they may have been replaced meanwhile (`are_of`)."""
    found = _kept.get((context.tenant(), assessment_id), Kept([]))
    if found.forms:
        _kept.move_to_end((context.tenant(), assessment_id))
    return found


def are_of(assessment: Assessment, found: Sequence[AssessmentForm]) -> bool:
    """Say whether these are the forms of an assessment as it stands.

    Forms and assessment are written in one transaction and carry the same number, so this holds whenever each was read.
    """
    letters = sorted(form.form for form in found)
    numbers = {form.forms_version for form in found}
    return letters == sorted(assessment.forms) and numbers == {assessment.forms_version} != {None}


def keep(assessment: Assessment, found: Sequence[AssessmentForm]) -> None:
    """Keep the forms of an assessment for later starts, so that a crowd does not read them from one partition."""
    if not are_of(assessment, found):
        return
    name = context.tenant(), str(assessment.assessment_id)
    _kept[name] = Kept(list(found), int(assessment.parts) > 1)
    _kept.move_to_end(name)
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)


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
