"""Which questions are the same to a candidate: by everything that they see of one, letter by letter.

Case, signs and exponents tell questions apart (`CoCl2` and `COCl2`, `10²` and `102`), and so do pictures and options;
white space, the order of options and markup that only looks different do not.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from lyceum.rules.questions.types import AnyQuestion

_RAISED = re.compile(r"<(sup|sub)\b[^<>]*>")
_LOWERED = re.compile(r"</(?:sup|sub)\s*>")
_MEDIA = re.compile(r"<(?:img|audio|video|source|a)\b[^<>]*?\b(?:src|href)\s*=\s*[\"']([^\"'<>]*)[\"'][^<>]*>")
_BREAK = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|td|th|table|h[1-6]|hr|blockquote|pre|figure)\b[^<>]*>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PARTS = ("options", "prompts", "choices", "items")


def fingerprint_of(question: AnyQuestion) -> str:
    """Name what a candidate sees of a question by 32 hexadecimal digits."""
    shown = [question.type, exact(question.stem), *sorted(_part_texts(question)), question.passage_id or ""]
    return hashlib.blake2b("\x1f".join(shown).encode(), digest_size=16).hexdigest()


def exact(text: str) -> str:
    """Write rich text as one line that keeps whatever carries meaning: case, raised and lowered signs, pictures."""
    text = _RAISED.sub(r"\\\1{", text)
    text = _MEDIA.sub(r" [\1] ", _LOWERED.sub("}", text))
    plain = html.unescape(_TAG.sub("", _BREAK.sub(" ", text)))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _part_texts(question: Any) -> Iterator[str]:
    for name in _PARTS:
        yield from (f"{name}:{exact(part.text)}" for part in getattr(question, name, []))
    unit = getattr(question, "unit", None)
    if unit:
        yield f"unit:{unit}"
    for number, gap in getattr(question, "gaps", {}).items():
        yield from (f"gap {number}:{text}" for text in _part_texts(gap))
