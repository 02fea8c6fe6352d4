"""A question as a writer gets it, and what its format loses of it."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_ALT = re.compile(r'\balt="([^"]*)"', re.IGNORECASE)
_TAG = re.compile(r"<[^<>]+>")
_META = {
    "difficulty": "difficulty", "hints": "hints", "year": "year", "exam_body": "examBody", "subject": "subject",
    "source": "source", "passage_id": "passageId", "exclusion_ids": "enemyIds", "tags": "tags",
    "explanation": "explanation",
}  # fmt: skip


@dataclass
class Exported:
    """A question with its key.

    Attributes:
        fields: Everything of it in the authors' form, by names in snake case.
        topic: The title of its topic.
        lost: What the file does not hold of it.
        is_left_out: Whether the format has no such question at all.
    """

    question_id: str
    fields: Mapping[str, Any]
    topic: str = ""
    lost: list[str] = field(default_factory=list)
    is_left_out: bool = False

    @property
    def type(self) -> str:
        """The type of question."""
        return str(self.fields["type"])

    def lose(self, what: str) -> None:
        """Say that something is lost, once."""
        if what not in self.lost:
            self.lost.append(what)

    def leave_out(self) -> None:
        """Say that the format has no such question."""
        self.is_left_out = True
        self.lost = [f"type {self.type}"]

    def lose_meta(self, kept: Iterable[str]) -> None:
        """Say which of the facts about a question are lost, all but those that a format keeps."""
        for name, shown in _META.items():
            if self.fields.get(name) and name not in kept:
                self.lose(shown)
        if "marks" not in kept and Decimal(str(self.fields.get("marks", 1))) != 1:
            self.lose("marks")

    def rich(self, text: str | None) -> str:
        """Return a rich text with descriptions in the place of pictures, which stay where they are."""
        if not text or "<img" not in text.lower():
            return text or ""
        self.lose("pictures")
        return _IMAGE.sub(lambda found: f"[{(_ALT.search(found.group()) or ('', 'picture'))[1] or 'picture'}]", text)

    def plain(self, text: str) -> str:
        """Return a rich text as plain text, with its markup lost."""
        shown = html.unescape(_TAG.sub("", self.rich(text)))
        if _TAG.search(text):
            self.lose("markup of choices")
        return shown


def number(value: Any) -> str:
    """Write a number without an exponent or zeros at its end."""
    return format(Decimal(str(value)).normalize(), "f")


def absolute(question: Exported, part: Mapping[str, Any]) -> str:
    """Return a tolerance as an amount; a relative one becomes that of the value."""
    tolerance = part.get("tolerance") or {}
    amount = Decimal(str(tolerance.get("amount", 0)))
    if tolerance.get("kind") == "relative" and amount:
        question.lose("relative tolerance, written as the same amount")
        amount = abs(amount * Decimal(str(part["value"])))
    return number(amount)


def percent(credit: Any) -> str:
    """Write a share of the marks as a percentage."""
    return number(Decimal(str(credit)) * 100)


def lose_normalising(question: Exported, part: Mapping[str, Any], *, cased: bool | None) -> None:
    """Say what is lost of how a text is compared; `cased` is what the format always does, None where it can say."""
    if cased is not None and bool(part.get("case_sensitive")) != cased:
        question.lose("whether case counts")
    if not part.get("accent_sensitive"):
        question.lose("that accents do not count")


def has_wildcard(part: Mapping[str, Any]) -> bool:
    """Say whether an accepted answer has a mark for any text."""
    return any("*" in str(each["text"]) for each in part.get("accepted", ()))
