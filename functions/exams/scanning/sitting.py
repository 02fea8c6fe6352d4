"""A complete answer sheet as a session: started for its candidate, answered and finished by the rules of every session.

The session's id is fixed before it is started, so a worker that stops in between goes on with the same one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.event import Message
from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import Role
from lyceum.messages.catalogue import words
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.scans import ScannedPage, ScannedSheet
from lyceum.model.exams.sessions import AnswerSheet, AttemptCount
from lyceum.rules.stream import saved_answers

from functions.exams.attempts import answer_batch, start
from functions.exams.attempts.schemas import SaveAnswer
from functions.exams.attempts.spec import AttemptSpec, scope_of
from functions.exams.attempts.state import read_attempt
from functions.exams.marking import finish
from functions.exams.papers import embargo, policies

_NOT_COPIED = frozenset({"access_code_hash", "window", "expected_candidates"})
Entries = list[dict[str, Any]]


def sit(
    assessment: Assessment, sheet: ScannedSheet, entries: Entries, pages: Sequence[ScannedPage], language: str
) -> str | None:
    """Score a sheet as a session of its candidate; returns why that can not be: NO_ATTEMPTS_LEFT or SITTING_NOW.

    Costs three to five storage requests and two transactions.
    """
    attempt = read_attempt(sheet.exam_id)
    if attempt is None:
        attempts = AttemptCount.fetch(user_id=sheet.user_id, assessment_id=assessment.assessment_id, consistent=True)
        used = int(attempts.used) if attempts else 0
        if not _has_attempt(assessment, sheet.user_id, used):
            return "NO_ATTEMPTS_LEFT"
        spec = _spec(assessment, sheet, entries, used)
        noted = {"scans": [page.scan_id for page in pages]}
        attempt = start.start_session(_candidate(sheet.user_id), replace(spec, noted=noted))
    if attempt.session.exam_id != sheet.exam_id:
        return "SITTING_NOW"
    answers = _answers(entries, {name: said for page in pages for name, said in page.answers.items()})
    answers += _written(entries, language)
    finish.finish(attempt, lambda written: _write_in(written, answers))
    return None


def _has_attempt(assessment: Assessment, user_id: str, used: int) -> bool:
    allowed = assessment.policy["attempts"]
    extra = assessment.accommodations.get(user_id, {}).get("extra_attempts", 0)
    return allowed is None or used < allowed + extra


def _candidate(user_id: str) -> Principal:
    return Principal(user_id, context.tenant(), Role.STUDENT, "free", "")


def _spec(assessment: Assessment, sheet: ScannedSheet, entries: Entries, used: int) -> AttemptSpec:
    """Describe a session of the printed form; on paper nobody is led from question to question."""
    policy = {name: value for name, value in assessment.policy.items() if name not in _NOT_COPIED}
    return AttemptSpec(
        mode=assessment.mode,
        scope=scope_of(assessment.assessment_id),
        policy={**policy, "navigation": "free", "single_device": False},
        seed=f"{assessment.draw.get('seed', '')} {sheet.form}",
        entries=entries,
        topic_ids=assessment.topic_ids,
        limit_seconds=policies.duration_seconds(assessment.sections, policy["duration_seconds"]),
        sections=assessment.sections,
        closed_from=embargo.last_closing(assessment),
        assessment=assessment,
        attempts_used=used,
        exam_id=sheet.exam_id,
    )


def _answers(entries: Entries, said: dict[str, list[str]]) -> list[SaveAnswer]:
    """Return what is marked as answers; a question that is blank, or not on the sheet, has none."""
    kinds = {entry["question_id"]: entry["type"] for entry in entries}
    return [
        SaveAnswer(question_id=name, seq=1, is_true=marked[0] == "true")
        if kinds[name] == "true_false"
        else SaveAnswer(question_id=name, seq=1, option_ids=marked)
        for name, marked in said.items()
        if marked
    ]


def _written(entries: Entries, language: str) -> list[SaveAnswer]:
    """Return what stands for the essays, which wait on other paper for whoever marks them."""
    said = words(language, "paper.on_paper")
    return [
        SaveAnswer(question_id=entry["question_id"], seq=1, text=said) for entry in entries if entry["type"] == "theory"
    ]


def _write_in(sheet: AnswerSheet, answers: Sequence[SaveAnswer]) -> list[Message]:
    now = clock.now()
    results = answer_batch.write_in(sheet, answers, now, set())
    saved = answer_batch.saved_rows(answers, results, now)
    return [saved_answers.chain_order(sheet.exam_id, saved)] if saved else []
