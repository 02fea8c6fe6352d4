"""What a reader makes of each row or question of a file, before it is validated."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from lyceum.rules.questions.values import as_written, is_ambiguous

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EXPONENT = 60
_WRITTEN_OUT = 20
_LEAST_CREDIT = Decimal("0.0001")
_LONGEST_NUMBER = 60
_BLOCK = re.compile(r"<(?:p|div|li|br|tr|pre|h[1-6]|blockquote)\b", re.IGNORECASE)

SEVERAL_RIGHT = "Several options are wholly right, but a question with one answer can name only one of them."
EACH_ALONE = "Several options are wholly right by themselves; here all of them are needed for the whole."


class Problem(NamedTuple):
    """What is wrong, by the field that it is about."""

    field: str
    message: str


class Picture(NamedTuple):
    """A picture of a question: the id of the upload that it becomes, and its bytes."""

    upload_id: str
    content_type: str
    file_name: str
    body: bytes


NO_ANSWER = "The item does not say which answer is right."
NO_CHOICE = "The item does not say which of its choices is right."


@dataclass
class Draft:
    """One row of a file: the question in authors' form as far as it could be read, and what could not.

    Attributes:
        row: Number as the file's people count: lines of a table with its header as 1, questions elsewhere.
        original: The row's cells, or the question's text.
        question: The question in authors' form.
        topic: The id or the title that the row names.
        category: A title that holds if there is such a topic.
        problems: What is wrong.
        notes: What the row holds that a question does not.
        names: Says what the file calls a field of the question.
        pictures: The pictures that its texts show, by the ids of their uploads.
        files: Reads a file that lies beside the question's text; None for one that does not.
    """

    row: int
    original: list[str]
    question: dict[str, Any] = field(default_factory=dict)
    topic: str = ""
    category: str = ""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: Callable[[str], str] = str
    pictures: dict[str, Picture] = field(default_factory=dict)
    files: Callable[[str], bytes | None] | None = None

    def refuse(self, field: str, message: str) -> None:
        """Say what is wrong with a field."""
        self.problems.append(Problem(field, message))

    def settle(self, *fields: str, message: str) -> None:
        """Take back what was said to be wrong with fields, since it is known now."""
        self.problems = [each for each in self.problems if each.field not in fields or each.message != message]

    def note(self, message: str) -> None:
        """Say what is left out, once."""
        if message not in self.notes:
            self.notes.append(message)

    def number(self, field: str, text: str) -> Decimal | None:
        """Read a decimal number with a point or a comma; refuses the field and returns None for anything else."""
        value = decimal_of(text)
        if value is None and is_ambiguous(text):
            self.refuse(field, f"{text.strip()!r} can be read in two ways; write it without a mark between thousands.")
        elif value is None:
            self.refuse(field, f"{text[:40]!r} is no number.")
        return value


def decimal_of(text: str) -> Decimal | None:
    """Read a decimal number of moderate size that can be read in one way alone, or return None.

    It is written as candidates may write it: a point or a comma parts the decimals, and blanks or whatever stands twice
    part thousands.
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        value = Decimal(as_written(text))
    except (ValueError, InvalidOperation):
        return None
    if not value.is_finite() or (value and abs(value.adjusted()) > _EXPONENT):
        return None
    return value


def percent_of(text: str) -> Decimal:
    """Read a percentage, of which the hundreds are known: `33,333` is a third and no thousands."""
    return Decimal(text.replace(",", "."))


def credit_of(percent: Decimal) -> str:
    """Write a percentage of the marks, of however many decimals, as the share that a question keeps."""
    share = min(Decimal(1), percent / 100)
    return plain_number(max(_LEAST_CREDIT, share.quantize(_LEAST_CREDIT)))


def plain_number(value: Decimal) -> str:
    """Write a number without zeros at the end, and without an exponent where it has no more than 20 places."""
    if value and abs(value.adjusted()) > _WRITTEN_OUT:
        return str(value.normalize())
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def clean(text: str) -> str:
    """Drop control characters, which no format needs and no display shows."""
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def from_plain(text: str) -> str:
    """Write plain text as rich text."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def with_line_breaks(text: str) -> str:
    """Write the line breaks of a text as marks, unless it is made of blocks that break lines themselves."""
    return text if _BLOCK.search(text) else text.replace("\n", "<br>")


def pinned(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let options keep their places when they are shuffled."""
    return [{**option, "pinned": True} for option in options]


def options(texts: list[str], feedbacks: list[str] | None = None) -> list[dict[str, str]]:
    """Give choices their letters, each with its feedback if it has one."""
    made = []
    for letter, text, feedback in zip(LETTERS, texts, feedbacks or [""] * len(texts), strict=False):
        made.append({"id": letter, "text": text} | ({"feedback": feedback} if feedback else {}))
    return made


def matching(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Write a matching question's fields from its pairs; a pair without a prompt is a choice that fits nothing."""
    choices: dict[str, str] = {}
    for _, choice in pairs:
        choices.setdefault(choice, f"c{len(choices) + 1}")
    prompts = [
        (f"p{number}", prompt, choice) for number, (prompt, choice) in enumerate(((p, c) for p, c in pairs if p), 1)
    ]
    return {
        "prompts": [{"id": name, "text": prompt} for name, prompt, _ in prompts],
        "choices": [{"id": name, "text": choice} for choice, name in choices.items()],
        "pairs": {name: choices[choice] for name, _, choice in prompts},
    }


def ordering(texts: list[str]) -> dict[str, Any]:
    """Write an ordering question's fields from its items in their right order."""
    items = [{"id": letter, "text": text} for letter, text in zip(LETTERS, texts, strict=False)]
    return {"items": items, "correctOrder": [item["id"] for item in items]}


_KINDS = {
    "pdf": "pdf", "document": "pdf", "image": "image", "png": "image", "jpg": "image", "jpeg": "image", "gif": "image",
    "webp": "image", "web_image": "image", "audio": "audio", "mp3": "audio", "wav": "audio", "ogg": "audio",
    "web_audio": "audio", "mpeg": "audio", "video": "video", "mp4": "video", "webm": "video", "web_video": "video",
    "text": "text", "txt": "text", "md": "text", "csv": "text", "plain": "text",
}  # fmt: skip


def file_kinds(names: list[str]) -> list[str]:
    """Name the kinds of files that extensions or words for them mean; an unknown one stays, to be refused by name."""
    plain = [name.strip().lstrip(".").lower() for name in names]
    return list(dict.fromkeys(_KINDS.get(name, name) for name in plain if name))
