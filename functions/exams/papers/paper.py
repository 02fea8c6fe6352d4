"""The paper: drawn questions in an order that follows from a seed, frozen as bytes and named by a hash.

Algorithm 1 sorts by SHA-256 of (algorithm, seed, purpose, id). The order depends on nothing else, so a rebuild from
the same questions and seed is identical byte for byte, in whatever order storage returned them (EXAM S1).
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lyceum.kit.values import decimals
from lyceum.model.questions.question import Question
from lyceum.rules.questions.presentation import present
from lyceum.rules.questions.seeded_order import ALGORITHM, shuffled

VERSION = 2
"""The version by which new sessions are scored."""


def compose(
    questions: Sequence[Question], seed: str, *, shuffle_questions: bool, shuffle_options: bool
) -> list[dict[str, Any]]:
    """Arrange questions as a paper, each as it is delivered and with the revision that its key has.

    Without shuffling, questions stand by topic and in the order in which they were written.
    """
    known = {question.question_id: question for question in questions}
    in_order = sorted(known, key=lambda name: (known[name].topic_id, name))
    order = shuffled(known, seed, "questions") if shuffle_questions else in_order
    return [
        present(question, seed, shuffle_options=shuffle_options)
        for question in together([known[name] for name in order])
    ]


def together(questions: Sequence[Question]) -> list[Question]:
    """Bring the questions of each passage together where the first of them stands, in the order written (EXAM S2)."""
    passages: dict[str, list[Question]] = {}
    for question in questions:
        passages.setdefault(question.passage_id or question.question_id, []).append(question)
    return [
        each for passage in passages.values() for each in sorted(passage, key=lambda question: question.question_id)
    ]


def freeze(entries: Sequence[dict[str, Any]]) -> bytes:
    """Write a paper as canonical JSON: what its hash is taken of."""
    return json.dumps({"algorithm": ALGORITHM, "questions": entries}, sort_keys=True, separators=(",", ":")).encode()


def hash_of(frozen: bytes) -> str:
    """Name a frozen paper by its SHA-256."""
    return hashlib.sha256(frozen).hexdigest()


def pack(frozen: bytes) -> bytes:
    """Compress a frozen paper for storage: text shrinks to about a third, and so does what reading it costs."""
    return zlib.compress(frozen)


def unpack(content: bytes) -> bytes:
    """Return the frozen paper that `pack` was given."""
    return zlib.decompress(content)


def entries_of(frozen: bytes) -> list[dict[str, Any]]:
    """Read the questions of a frozen paper, in their order."""
    entries: list[dict[str, Any]] = json.loads(frozen)["questions"]
    return entries


Entries = list[dict[str, Any]]


def arranged(questions: Sequence[Question], seed: str, policy: dict[str, Any]) -> Entries:
    """Arrange questions as a paper: shuffled by the seed, or in the order in which they were named."""
    shuffle_options = policy["shuffle_options"]
    if policy["shuffle_questions"]:
        return compose(questions, seed, shuffle_questions=True, shuffle_options=shuffle_options)
    in_order = together(questions)
    return [
        entry
        for each in in_order
        for entry in compose([each], seed, shuffle_questions=False, shuffle_options=shuffle_options)
    ]


def in_sections(
    parts: Sequence[Sequence[Question]], sections: Sequence[dict[str, Any]], seed: str, policy: dict[str, Any]
) -> Entries:
    """Arrange the questions of each section by themselves; they are worth what the section says, if it does."""
    if not sections:
        return arranged([question for part in parts for question in part], seed, policy)
    entries = []
    for number, (section, questions) in enumerate(zip(sections, parts, strict=True)):
        marks = {"marks": str(section["marks_each"])} if section.get("marks_each") is not None else {}
        entries += [{**entry, **marks, "section": number} for entry in arranged(questions, seed, policy)]
    return entries


def worth_of_section(section: Mapping[str, Any], marks: Sequence[Decimal]) -> Fraction:
    """Return what a section is worth at most, before scaling, from the marks of its questions."""
    return sum((Fraction(each) for each in sorted(marks, reverse=True)[: section.get("answer")]), Fraction(0))


def most_of(entries: Sequence[Mapping[str, Any]], sections: Sequence[Mapping[str, Any]]) -> Decimal:
    """Return what a paper is worth at most."""
    if not sections:
        return sum((Decimal(entry["marks"]) for entry in entries), Decimal(0))
    total = Fraction(0)
    for number, section in enumerate(sections):
        marks = [Decimal(entry["marks"]) for entry in entries if entry["section"] == number]
        scale = section.get("scale_to")
        total += worth_of_section(section, marks) if scale is None else Fraction(Decimal(scale))
    return decimals.rounded(total, 2)
