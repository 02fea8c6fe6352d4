"""Merges two edits of a note part by part: pure.

A part that only one side changed is taken from that side, and tags are merged one by one. What both sides changed in
different ways is a conflict (three-way merge, as `diff3` does it for lines).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PARTS = ("kind", "title", "text", "tags", "is_done")


class Merged(NamedTuple):
    """The parts that came out, and the names of those that both sides changed in different ways."""

    parts: dict[str, Any]
    conflicts: list[str]


def merge(base: Mapping[str, Any], stored: Mapping[str, Any], edit: Mapping[str, Any]) -> Merged:
    """Merge an edit, of which only some parts may be given, into what is stored; both began with `base`.

    In a conflict the part is as it is stored.
    """
    parts, conflicts = dict(stored), []
    for name in PARTS:
        if name not in edit or edit[name] == stored[name] or edit[name] == base[name]:
            continue
        if name == "tags":
            parts[name] = _tags(base[name], stored[name], edit[name])
        elif stored[name] == base[name]:
            parts[name] = edit[name]
        else:
            conflicts.append(name)
    return Merged(parts, conflicts)


def _tags(base: Sequence[str], stored: Sequence[str], edit: Sequence[str]) -> list[str]:
    added = [tag for tag in edit if tag not in base]
    removed = {tag for tag in base if tag not in edit}
    return list(dict.fromkeys([*(tag for tag in stored if tag not in removed), *added]))
