"""Scoring: a pure function of paper, keys, answers and policy. Exact decimals; no clock, storage or locale (EXAM G1).

Version 1. A question earns its marks times the credit of its type. A wrong answer costs its marks times the negative
fraction; a blank one costs and earns nothing. The sum has a floor of 0 at the level of the paper, and nowhere else
(EXAM G2). Score and percentage are each rounded once, half up to two places, from the exact sum (EXAM G5); whether
the exam is passed follows from the percentage that is shown.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, Literal

from exams.question_types import QUESTION_TYPES, Choice

VERSION = 1
_STEP = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
Outcome = Literal["right", "wrong", "blank"]


class ScoringRefused(Exception):
    """What is to be scored is not what the session was pinned to: paper, key, answers or version differ."""


@dataclass(frozen=True)
class Key:
    """What is right in one revision of a question."""

    revision: int
    correct: Choice


@dataclass(frozen=True)
class Policy:
    """The rules of a session that a score depends on."""

    negative_fraction: Decimal = Decimal(0)
    passing_percent: Decimal = Decimal(50)


@dataclass(frozen=True)
class Mark:
    """How one question was marked; its score may be below zero."""

    question_id: str
    topic_id: str
    difficulty: str
    chosen: Choice
    correct: Choice
    outcome: Outcome
    score: Decimal
    max_score: Decimal


@dataclass(frozen=True)
class Score:
    """A scored paper, with one mark for each question in the paper's order."""

    score: Decimal
    max_score: Decimal
    percent: Decimal
    is_passed: bool
    marks: tuple[Mark, ...]


def score(
    entries: Sequence[Mapping[str, Any]], keys: Mapping[str, Key], answers: Mapping[str, Iterable[str]], policy: Policy, version: int = VERSION
) -> Score:
    """Mark every question of a paper and sum up.

    Questions, weights and the denominator come from the paper's entries. Raises ScoringRefused for a duplicate
    question, a foreign question or option, a key that is missing or of another revision, or another version.
    """
    if version != VERSION:
        raise ScoringRefused(f"scoring version {version} is not {VERSION}")
    known = {entry["question_id"] for entry in entries}
    if len(known) != len(entries) or not known.issuperset(answers):
        raise ScoringRefused("the answers are not those of this paper")
    with localcontext(_EXACT):
        marks = tuple(_mark(entry, keys, frozenset(answers.get(entry["question_id"], ())), policy) for entry in entries)
        best = sum((mark.max_score for mark in marks), Decimal(0))
        total = max(Decimal(0), sum((mark.score for mark in marks), Decimal(0)))
        percent = _rounded(total * 100 / best) if best else Decimal("0.00")
        return Score(_rounded(total), _rounded(best), percent, percent >= policy.passing_percent, marks)


def _mark(entry: Mapping[str, Any], keys: Mapping[str, Key], chosen: Choice, policy: Policy) -> Mark:
    question_id, worth = entry["question_id"], Decimal(entry["marks"])
    key, kind = keys.get(question_id), QUESTION_TYPES.get(entry["type"])
    if key is None or kind is None or key.revision != entry["revision"]:
        raise ScoringRefused(f"no key for revision {entry['revision']} of {question_id}")
    if not chosen.issubset(option["id"] for option in entry["options"]) or len(chosen) > kind.most_choices:
        raise ScoringRefused(f"options that {question_id} does not have")
    credit = kind.credit(chosen, key.correct) if chosen else Decimal(0)
    outcome: Outcome = "blank" if not chosen else "right" if credit else "wrong"
    earned = -worth * policy.negative_fraction if outcome == "wrong" else worth * credit
    # Adding 0 makes a plain 0 of the negative zero that a free wrong answer costs.
    return Mark(question_id, entry["topic_id"], entry["difficulty"], chosen, key.correct, outcome, earned + 0, worth)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_STEP)


def hash_of_keys(keys: Mapping[str, Key]) -> str:
    """Name the keys that a score was computed with, so that a replay can tell whether they are the same (EXAM G8)."""
    plain = [[name, key.revision, sorted(key.correct)] for name, key in sorted(keys.items())]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()
