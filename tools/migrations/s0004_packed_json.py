"""Marks of sessions, and what assessments were drawn from, are stored compressed: they are the most of their items."""

from collections.abc import Callable

from lyceum.kit.table.entity import pack, unpack
from tools.migrations.step import Item, Step

_PACKED = {"exam_marks": "marks", "marks_revision": "marks", "assessment": "draw"}
"""By kind of item, what is compressed."""


def forth(item: Item) -> Item | None:
    """Compress the value; one that would not get shorter stays as it is."""
    return _with_text(item, lambda text: pack(unpack(text)))


def back(item: Item) -> Item | None:
    """Write the value as the JSON text that it was."""
    return _with_text(item, unpack)


def _with_text(item: Item, change: Callable[[str], str]) -> Item | None:
    name = _PACKED[item["kind"]["S"]]
    text = item.get(name, {}).get("S")
    changed = change(text) if text else text
    return item | {name: {"S": changed}} if text and changed != text else None


STEP = Step(4, "marks and draws are compressed", frozenset(_PACKED), forth, back)
