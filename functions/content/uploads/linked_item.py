"""The library's item of an upload: what it shows of the file, and the state that it takes over from it."""

from lyceum.kit.errors import DomainError
from lyceum.kit.table import Unit
from lyceum.kit.values.text import normalise
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload

from functions.content.uploads.plain_text import words_of

_MOST_SEARCHED = 3000
_FOLLOWING_STATES = ("draft", "processing", "failed")


def follow(unit: Unit, upload: Upload, state: str, reason: str | None, *, refuse: DomainError) -> None:
    """Bring the item of an upload, if it has one, to a new state; one that its owner submitted is left alone."""
    if not upload.content_id:
        return
    item = ContentItem.fetch(content_id=upload.content_id, consistent=True)
    if item is None or item.state not in _FOLLOWING_STATES or item.state == state:
        return
    item.state, item.reason = state, reason
    show_files(item, upload)
    unit.replace(item, refuse=refuse)


def show_files(item: ContentItem, upload: Upload) -> None:
    """Copy what a reader wants to know of a ready upload to its item."""
    if upload.state == "ready" or item.state == "ready":
        item.files = [dict(variant) for variant in upload.variants]
        item.facts = {name: value for name, value in upload.facts.items() if name not in {"excerpt", "repaired"}}
        item.excerpt = upload.facts.get("excerpt", "")
        item.search_text = search_text(item)


def search_text(item: ContentItem) -> str:
    """Return the words by which an item is found: title, subject, tags, description and the beginning of its text."""
    parts = [item.title, item.subject, *item.tags, words_of(item.description or ""), item.excerpt]
    return normalise(" ".join(parts))[:_MOST_SEARCHED]
