"""What the marks of a page say, and what of it only a person can say. Pure.

A mark counts when it is sure. Of a question with one answer two marks are no answer that a machine may choose from, so
a person looks; none is a blank answer.
"""

from collections.abc import Mapping
from typing import Any

SURE = 0.5
"""The confidence below which a person decides."""
Marks = Mapping[str, Mapping[str, Any]]
"""By question and name, whether a place is marked and how sure that is."""


def answers(marks: Marks, kinds: Mapping[str, str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return by question the names that are marked, and the questions that are in doubt."""
    said = {question: [name for name, (is_marked, _) in each.items() if is_marked] for question, each in marks.items()}
    doubts = [
        question
        for question, each in marks.items()
        if any(confidence < SURE for _, confidence in each.values())
        or (len(said[question]) > 1 and kinds.get(question) != "multiple")
    ]
    return said, doubts


def number(digits: list[list[Any]]) -> str:
    """Return the candidate's number as it is marked; `?` stands for a digit that is not clear, nothing for no mark."""
    found = [_digit(places) for places in digits]
    return "" if all(each == "-" for each in found) else "".join(found).strip("-").replace("-", "?")


def same(one: str) -> str:
    """Return a number without the zeros before it, which some mark and some do not."""
    return one.lstrip("0") or "0"


def _digit(places: list[Any]) -> str:
    marked = [value for value, (is_marked, _) in enumerate(places) if is_marked]
    if any(confidence < SURE for _, confidence in places) or len(marked) > 1:
        return "?"
    return str(marked[0]) if marked else "-"
