"""Scoring: a pure function of paper, keys, answers and policy. Exact fractions; no clock, storage or locale (EXAM G1).

Version 2. A question earns its marks times the credit of its type (`lyceum.rules.questions.credit`). A wrong answer
costs its marks times the negative fraction; a blank one costs and earns nothing, and neither does one that waits for a
grader. The sum has a floor of 0 at the level of the paper, and nowhere else (EXAM G2). Score and percentage are each
rounded once, half up to two places, from the exact sum (EXAM G5); whether the exam is passed follows from the
percentage that is shown, and is not said while a grader has to look at an answer (EXAM G9), nor of a paper with every
question left out (EXAM G10).

Sessions of version 1 are scored as they were: `per_option` meant options judged rightly, chosen or left, over all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.values.decimals import rounded
from lyceum.rules.questions.credit import GRADED_TYPES, Outcome, Rules, credit, graded_outcome, outcome
from lyceum.rules.questions.responses import Admission, ResponseFields, admission, refusal

from functions.exams.papers.paper import VERSION

_VERSIONS = frozenset({1, VERSION})
_SHOWN_PLACES = 6
Response = Mapping[str, Any]


class ScoringRefused(Exception):
    """What is to be scored is not what the session was pinned to: paper, key, answers or version differ."""


@frozen
class Key:
    """What is right in one revision of a question, as its AnswerKey holds it; `hash` names it, where it is known."""

    revision: int
    key: Mapping[str, Any]
    hash: str | None = None


@frozen
class Policy:
    """The rules of a session that a score depends on."""

    negative_fraction: Decimal = Decimal(0)
    passing_percent: Decimal = Decimal(50)
    rules: Rules = field(default_factory=Rules)


@frozen
class Mark:
    """How one question was marked; its score may be below zero, and is shown to six places at most."""

    question_id: str
    topic_id: str
    difficulty: str
    response: Response
    outcome: Outcome
    score: Decimal
    max_score: Decimal


@frozen
class Score:
    """A scored paper with a mark for each question, in the paper's order; `is_passed` is None while it is `pending`."""

    score: Decimal
    max_score: Decimal
    percent: Decimal
    is_passed: bool | None
    marks: tuple[Mark, ...]

    @property
    def pending(self) -> int:
        """How many answers wait for a grader."""
        return sum(mark.outcome == "pending" for mark in self.marks)


def score(
    entries: Sequence[Mapping[str, Any]],
    keys: Mapping[str, Key],
    answers: Mapping[str, Response],
    policy: Policy,
    version: int = VERSION,
    *,
    grades: Mapping[str, Decimal] | None = None,
    voided: Mapping[str, str] | None = None,
) -> Score:
    """Mark every question of a paper and sum up.

    Questions, weights and the denominator come from the paper's entries.

    - `grades`: the marks that graders gave, by question.
    - `voided`: questions that count `full_marks` for everybody or are `left_out`.

    Raises ScoringRefused for a duplicate question, a foreign question, option or grade, a response of another type, a
    key that is missing, of another revision or not the one that the paper pins (EXAM G8), or another version.
    """
    if version not in _VERSIONS:
        raise ScoringRefused(f"there is no scoring version {version}")
    policy = _as_first(policy) if version == 1 else policy
    entries = [_as_voided(entry, (voided or {}).get(entry["question_id"])) for entry in entries]
    known = {entry["question_id"] for entry in entries}
    if len(known) != len(entries) or not known.issuperset(answers) or not known.issuperset(grades or {}):
        raise ScoringRefused("the answers are not those of this paper")
    earned = [_earned(entry, keys, answers.get(entry["question_id"], {}), policy, grades or {}) for entry in entries]
    marks = tuple(
        _mark(entry, answers.get(entry["question_id"], {}), *each) for entry, each in zip(entries, earned, strict=True)
    )
    best = sum((_worth(entry) for entry in entries), Fraction(0))
    total = max(Fraction(0), sum((each for _, each in earned), Fraction(0)))
    percent = rounded(total * 100 / best, 2) if best else Decimal("0.00")
    is_open = not best or any(mark.outcome == "pending" for mark in marks)
    return Score(
        rounded(total, 2), rounded(best, 2), percent, None if is_open else percent >= policy.passing_percent, marks
    )


def _as_first(policy: Policy) -> Policy:
    """Return a policy as version 1 took it."""
    is_other = policy.rules.multiple == "per_option"
    return replace(policy, rules=policy.rules._replace(multiple="per_judgement")) if is_other else policy


def _as_voided(entry: Mapping[str, Any], how: str | None) -> Mapping[str, Any]:
    """Mark a question that is not judged any more; one that is left out is worth nothing."""
    if how is None:
        return entry
    return {**entry, "voided": how, "marks": "0" if how == "left_out" else entry["marks"]}


def _worth(entry: Mapping[str, Any]) -> Fraction:
    return Fraction(Decimal(entry["marks"]))


def _earned(
    entry: Mapping[str, Any], keys: Mapping[str, Key], response: Response, policy: Policy, grades: Mapping[str, Decimal]
) -> tuple[Outcome, Fraction]:
    """Return what became of a question, and the exact marks that it earns or costs."""
    key, kind = _pinned_key(entry, keys), entry["type"]
    _check_response(entry, response)
    if "voided" in entry:
        return ("right", _worth(entry)) if entry["voided"] == "full_marks" else ("blank", Fraction(0))
    grade = grades.get(entry["question_id"])
    if grade is not None:
        return _graded(entry, grade)
    part = Fraction(0) if kind in GRADED_TYPES else credit(kind, entry, key.key, response, policy.rules)
    result = outcome(kind, response, part)
    return result, -_worth(entry) * Fraction(policy.negative_fraction) if result == "wrong" else _worth(entry) * part


def _pinned_key(entry: Mapping[str, Any], keys: Mapping[str, Key]) -> Key:
    key = keys.get(entry["question_id"])
    if key is None or key.revision != entry["revision"]:
        raise ScoringRefused(f"no key for revision {entry['revision']} of {entry['question_id']}")
    if key.hash is not None and entry.get("key_hash", key.hash) != key.hash:
        raise ScoringRefused(f"the key of {entry['question_id']} is not the one that the paper pins")
    return key


def _check_response(entry: Mapping[str, Any], response: Response) -> None:
    try:
        allowed = admission(entry["type"], entry)
        misfit = refusal(Admission(*allowed), ResponseFields.model_validate(response)) if response else None
    except (KeyError, ValueError) as error:
        raise ScoringRefused(f"{entry['question_id']} or its answer is of a type that there is not") from error
    if misfit:
        raise ScoringRefused(f"{misfit.rule} in the answer to {entry['question_id']}")


def _graded(entry: Mapping[str, Any], grade: Decimal) -> tuple[Outcome, Fraction]:
    if entry["type"] not in GRADED_TYPES or not 0 <= grade <= Decimal(entry["marks"]):
        raise ScoringRefused(f"{grade} is no grade for {entry['question_id']}")
    return graded_outcome(Fraction(grade) / _worth(entry)), Fraction(grade)


def _mark(entry: Mapping[str, Any], response: Response, result: Outcome, earned: Fraction) -> Mark:
    worth = Decimal(entry["marks"])
    return Mark(entry["question_id"], entry["topic_id"], entry["difficulty"], response, result, _shown(earned), worth)


def _shown(value: Fraction) -> Decimal:
    """Write a mark without zeros at its end."""
    return Decimal(format(rounded(value, _SHOWN_PLACES), "f").rstrip("0").rstrip("."))
