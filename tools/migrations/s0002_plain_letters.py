"""People and courses are found without accents: what they are found by is stored in plain letters.

Entries of the directory and titles as courses are sorted by them lose their accents; what stood there is kept beside
them, so that the way back leads to it.
"""

from lyceum.kit.values.text import without_accents
from tools.migrations.step import Item, Step

_BEFORE = "accented"
_SORTED = {
    "directory_term": ("term", "GSI1SK", "user_id"),
    "course": ("sort_title", "GSI2SK", "course_id"),
    "course_ranking": ("sort_title", "", ""),
}
"""By kind of item: the text, the index key that begins with it, and what stands behind it there."""


def forth(item: Item) -> Item | None:
    """Write an item's text in plain letters."""
    text = _text(item)
    if text is None or _BEFORE in item or without_accents(text) == text:
        return None
    return _with(item, without_accents(text)) | {_BEFORE: {"S": text}}


def back(item: Item) -> Item | None:
    """Write an item's text as it was; what was written in plain letters from the beginning stays so."""
    if _BEFORE not in item:
        return None
    restored = _with(item, item[_BEFORE]["S"])
    return {name: value for name, value in restored.items() if name != _BEFORE}


def _text(item: Item) -> str | None:
    name = _SORTED[item["kind"]["S"]][0]
    found: str | None = item.get(name, {}).get("S")
    return found


def _with(item: Item, text: str) -> Item:
    name, key, behind = _SORTED[item["kind"]["S"]]
    changed = item | {name: {"S": text}}
    if key and key in item:
        changed[key] = {"S": f"{text}#{item[behind]['S']}"}
    return changed


STEP = Step(2, "people and courses are found without accents", frozenset(_SORTED), forth, back)
