"""What a new attempt copies: questions in their order, rules, and whose exam it is."""

import hashlib
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from lyceum.kit import ids
from lyceum.kit.frozen import frozen
from lyceum.model.exams.assessments import Assessment
from lyceum.rules.questions import topic_sampler

from functions.exams.attempts.schemas import StartExam
from functions.exams.papers.paper import Entries, arranged
from functions.exams.papers.question_choice import approved


@frozen
class AttemptSpec:
    """Everything that a new session copies; nothing of it changes when its sources do (EXAM T6).

    - `scope`: in which a user has one running session.
    - `limit_seconds`, `section_limits`: the time for the whole, and for each section where those are timed.
    - `closes_by`: the end of the window for this student.
    - `closed_from`: when what it asks may be told.
    - `attempts_used`: how many sessions of the assessment the student started before.
    - `is_preview`: staff tries it, and nothing of it counts.
    - `exam_id`: of a session whose id is fixed before it starts. `noted`: what the audit log says of its start.
    - `away_device`: the device on which it is sat without a line. `opens_at`: from when.
    """

    mode: str
    scope: str
    policy: dict[str, Any]
    seed: str
    entries: Entries
    topic_ids: list[str]
    limit_seconds: int
    section_limits: Sequence[int] = ()
    sections: list[dict[str, Any]] = field(default_factory=list)
    closes_by: datetime | None = None
    closed_from: datetime | None = None
    assessment: Assessment | None = None
    attempts_used: int = 0
    is_preview: bool = False
    exam_id: str | None = None
    noted: dict[str, Any] = field(default_factory=dict)
    away_device: str | None = None
    opens_at: datetime | None = None


def own_choice(wanted: StartExam) -> AttemptSpec:
    """Specify an attempt at questions and by rules that a student chose.

    Costs the draw, or one storage request for questions named by id. Raises RuleViolation NOT_ENOUGH_QUESTIONS or
    UNKNOWN_QUESTION.
    """
    seed = ids.new_secret(24)
    if wanted.question_ids:
        questions = approved(wanted.question_ids)
        source = "|".join(sorted(wanted.question_ids))
    else:
        topic_ids = wanted.topic_ids or []
        questions = topic_sampler.draw(topic_ids, wanted.count, seed, wanted.difficulty)
        source = "|".join(sorted(topic_ids))
    policy = wanted.model_dump(
        mode="json", exclude={"mode", "topic_ids", "question_ids", "assessment_id", "count", "access_code"}
    )
    return AttemptSpec(
        mode=wanted.mode or "practice",
        scope=scope_of_choice(str(wanted.mode), source.split("|")),
        policy=policy,
        seed=seed,
        entries=arranged(questions, seed, policy),
        topic_ids=wanted.topic_ids or list(dict.fromkeys(question.topic_id for question in questions)),
        limit_seconds=wanted.duration_seconds,
    )


def scope_of_choice(mode: str, names: Sequence[str]) -> str:
    """Name the scope in which a user has one running session of topics or questions of their own choice."""
    return f"{mode}#{hashlib.sha256('|'.join(sorted(names)).encode()).hexdigest()[:16]}"


def scope_of(assessment_id: str) -> str:
    """Name the scope in which a user has one running session of an assessment."""
    return f"assessment#{assessment_id}"
