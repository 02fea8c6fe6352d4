"""The score of a whole paper: as `scoring` says or, where the paper has sections, by the rules of each of them.

A section may count only some of its answers: the best k, or the first k that were answered; the others can not raise
the score, and of the k places some may be kept for each topic (EXAM G7). It may be scaled, as UTME scales each subject
to 100; a scaled section never counts below 0. Marks are summed as they are recorded, with six places; the paper's floor
is 0, and score and percentage are rounded once, half up to two places, after scaling (EXAM G5).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.values import decimals

from functions.exams.marking import scoring
from functions.exams.marking.scoring import Key, Mark, Policy, Response
from functions.exams.papers.paper import worth_of_section


@frozen
class SectionScore:
    """How one section was done, and which of its questions count."""

    title: str
    score: Decimal
    max_score: Decimal
    counted: frozenset[str]


@frozen
class PaperScore:
    """A scored paper; `is_passed` is None while answers are `pending` (EXAM G9), and without a result."""

    score: Decimal
    max_score: Decimal
    percent: Decimal
    is_passed: bool | None
    marks: tuple[Mark, ...]
    sections: tuple[SectionScore, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether there is a result: nothing waits, and not every question was left out (EXAM G9, G10)."""
        return not self.pending and self.max_score > 0

    @property
    def pending(self) -> int:
        """How many answers wait for a grader."""
        return sum(mark.outcome == "pending" for mark in self.marks)


def score_paper(
    entries: Sequence[Mapping[str, Any]],
    keys: Mapping[str, Key],
    answers: Mapping[str, Response],
    policy: Policy,
    version: int,
    *,
    sections: Sequence[Mapping[str, Any]] = (),
    grades: Mapping[str, Decimal] | None = None,
    voided: Mapping[str, str] | None = None,
) -> PaperScore:
    """Score a paper; raises ScoringRefused for what is not as it was pinned."""
    whole = scoring.score(entries, keys, answers, policy, version, grades=grades, voided=voided)
    if not sections:
        return PaperScore(whole.score, whole.max_score, whole.percent, whole.is_passed, whole.marks)
    parts = [_section(each, _of_section(number, entries, whole.marks)) for number, each in enumerate(sections)]
    total = max(Fraction(0), sum((value for value, _, _ in parts), Fraction(0)))
    best = sum((most for _, most, _ in parts), Fraction(0))
    percent = decimals.rounded(total * 100 / best, 2) if best else Decimal("0.00")
    is_passed = None if whole.pending or not best else percent >= policy.passing_percent
    shown = tuple(
        SectionScore(section["title"], decimals.rounded(value, 2), decimals.rounded(most, 2), counted)
        for section, (value, most, counted) in zip(sections, parts, strict=True)
    )
    return PaperScore(decimals.rounded(total, 2), decimals.rounded(best, 2), percent, is_passed, whole.marks, shown)


def _of_section(number: int, entries: Sequence[Mapping[str, Any]], marks: Sequence[Mark]) -> list[Mark]:
    return [mark for entry, mark in zip(entries, marks, strict=True) if entry["section"] == number]


def _section(section: Mapping[str, Any], marks: Sequence[Mark]) -> tuple[Fraction, Fraction, frozenset[str]]:
    """Return what a section earns and what it is worth, both after scaling, and the questions that count."""
    counted = _counted(section, marks)
    value = sum((Fraction(mark.score) for mark in counted), Fraction(0))
    most = worth_of_section(section, [mark.max_score for mark in marks])
    if section.get("scale_to") is not None:
        scale = Fraction(Decimal(section["scale_to"]))
        value, most = (max(Fraction(0), value) * scale / most, scale) if most else (Fraction(0), Fraction(0))
    return value, most, frozenset(mark.question_id for mark in counted)


def _counted(section: Mapping[str, Any], marks: Sequence[Mark]) -> list[Mark]:
    wanted = section.get("answer")
    if wanted is None:
        return list(marks)
    answered = [mark for mark in marks if mark.outcome != "blank"]
    if section.get("choice", "best") == "best":
        answered.sort(key=lambda mark: mark.score, reverse=True)
    return _with_minimums(answered, {mark.topic_id for mark in marks}, wanted, section.get("min_per_topic") or 0)


def _with_minimums(answered: Sequence[Mark], topics: AbstractSet[str], wanted: int, least: int) -> list[Mark]:
    """Take answers in their order, but leave each topic its minimum of places, answered or not."""
    free, own = wanted - least * len(topics), dict.fromkeys(topics, least)
    taken = []
    for mark in answered:
        if own[mark.topic_id]:
            own[mark.topic_id] -= 1
        elif free:
            free -= 1
        else:
            continue
        taken.append(mark)
    return taken
