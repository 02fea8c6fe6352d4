"""What the library's item shows of its upload: files, facts, search words."""

from lyceum.kit.values.text import normalise, plain
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload

_MOST_SEARCHED = 3000


def show_files(item: ContentItem, upload: Upload) -> None:
    """Copy what a reader wants to know of a ready upload to its item."""
    if upload.state == "ready" or item.state == "ready":
        item.files = [{name: value for name, value in variant.items() if name != "key"} for variant in upload.variants]
        item.facts = {name: value for name, value in upload.facts.items() if name not in {"excerpt", "repaired"}}
        item.excerpt = upload.facts.get("excerpt", "")
        item.search_text = searchable(item)


def searchable(item: ContentItem) -> str:
    """Return the words by which an item is found: title, subject, tags, description and the beginning of its text."""
    parts = [item.title, item.subject, *item.tags, plain(item.description or ""), item.excerpt]
    return normalise(" ".join(parts))[:_MOST_SEARCHED]
