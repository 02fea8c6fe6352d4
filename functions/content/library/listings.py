"""The shelves of the library: where a published item stands, and how it gets there and away."""

from lyceum.kit.table import Unit
from lyceum.kit.values.text import normalise
from lyceum.model.content.library import ContentItem, ContentListing, ContentStatistics

from functions.content.library.summaries import card, whole


def shelf(kind: str, value: str) -> str:
    """Name a shelf; subjects and grade levels are folded, so that their spelling does not matter."""
    return f"{kind}:{normalise(value)}" if kind in {"subject", "grade"} else f"{kind}:{value}"


def place(unit: Unit, item: ContentItem, figures: ContentStatistics) -> None:
    """Put an item's entries on its shelves, in place of those that are there."""
    for name in _shelves(item):
        unit.put(_entry(name, item, figures))


def clear(unit: Unit, item: ContentItem) -> None:
    """Take an item's entries off its shelves; one that stands nowhere is left alone."""
    if item.state != "published":
        return
    for name in _shelves(item):
        unit.remove(ContentListing.at(shelf=name, published_at=item.published_at, content_id=item.content_id))


def _shelves(item: ContentItem) -> list[str]:
    names = ["all", shelf("subject", item.subject), shelf("grade", item.grade_level), shelf("type", item.type)]
    return [*names, shelf("topic", item.topic_id)] if item.topic_id else names


def _entry(name: str, item: ContentItem, figures: ContentStatistics) -> ContentListing:
    count = int(figures.rating_count)
    return ContentListing(
        shelf=name,
        content_id=item.content_id,
        published_at=item.published_at,
        subject_key=normalise(item.subject),
        grade_key=normalise(item.grade_level),
        type=item.type,
        topic_id=item.topic_id,
        search_text=item.search_text,
        least_bytes=min(int(file["size_bytes"]) for file in whole(item)),
        downloads=int(figures.downloads),
        rating=round(1000 * int(figures.rating_sum) / count) if count else 0,
        rating_count=count,
        card=card(item),
    )
