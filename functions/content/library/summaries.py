"""What lists and readers see of an item and its files."""

from collections.abc import Mapping
from typing import Any

from lyceum.kit.aws import links
from lyceum.kit.errors import NotFound
from lyceum.model.content.library import ContentItem

from functions.content.uploads.variants import WHOLE

_SHOWN = ("type", "title", "subject", "grade_level", "topic_id", "language", "owner_id")


def summary(item: ContentItem) -> dict[str, Any]:
    """Return what a list shows of an item beside its statistics."""
    sizes = [int(file["size_bytes"]) for file in whole_files(item)]
    shown = {name: getattr(item, name) for name in _SHOWN} | {"content_id": item.content_id, "tags": list(item.tags)}
    shown |= {"size_bytes": max(sizes, default=None), "low_size_bytes": min(sizes, default=None)}
    shown |= {"duration_seconds": item.facts.get("durationSeconds"), "page_count": item.facts.get("pageCount")}
    shown["thumbnail"] = _thumbnail(item)
    return {name: value for name, value in shown.items() if value is not None}


def _thumbnail(item: ContentItem) -> dict[str, Any] | None:
    """Return the small picture of an item: its preview, or of an image the smallest size."""
    pictures = [file for file in item.files if file.get("width") and file.get("key")]
    if item.type != "image":
        pictures = [file for file in pictures if file["name"] == "preview"]
    if not pictures:
        return None
    smallest = min(pictures, key=lambda file: int(file["width"]))
    return {name: smallest[name] for name in ("key", "width", "height")}


def with_links(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list shows of a kept summary, the picture by an address that ends."""
    picture = kept.get("thumbnail")
    if picture is None:
        return dict(kept)
    return {**kept, "thumbnail": {**picture, "url": links.picture_link(picture["key"])}}


def whole_files(item: ContentItem) -> list[dict[str, Any]]:
    """Return the files that hold all of an item; of an image each of its sizes does."""
    return [file for file in item.files if item.type == "image" or file["name"] in WHOLE]


def file_of(item: ContentItem, variant: str) -> dict[str, Any]:
    """Find a file by its name; `original` is the best there is of an item and `low` the smallest. Raises NotFound."""
    for file in item.files:
        if file["name"] == variant:
            return dict(file)
    if variant not in WHOLE or not whole_files(item):
        raise NotFound("There is no such variant of this content item.")
    choose = max if variant == "original" else min
    return dict(choose(whole_files(item), key=lambda file: int(file["size_bytes"])))
