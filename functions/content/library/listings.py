"""Where a published item is listed, and how it gets into the library's lists and out of them."""

from lyceum.kit.table import Unit
from lyceum.kit.values.text import normalise
from lyceum.model.content.library import ContentItem, ContentListing, ContentStatistics

from functions.content.library.summaries import summary, whole_files


def list_name(kind: str, value: str) -> str:
    """Name a list; subjects and grade levels are folded, so that their spelling does not matter."""
    return f"{kind}:{normalise(value)}" if kind in {"subject", "grade"} else f"{kind}:{value}"


def put(unit: Unit, item: ContentItem, statistics: ContentStatistics) -> None:
    """Put an item into its lists, in place of what is there of it."""
    for name in _list_names(item):
        unit.put(_listing(name, item, statistics))


def remove(unit: Unit, item: ContentItem) -> None:
    """Take an item out of its lists; one that is not published is in none and left alone."""
    if item.state != "published":
        return
    for name in _list_names(item):
        unit.remove(ContentListing.at(list_name=name, published_at=item.published_at, content_id=item.content_id))


def _list_names(item: ContentItem) -> list[str]:
    names = ["all", list_name("subject", item.subject), list_name("grade", item.grade_level)]
    names.append(list_name("type", item.type))
    return [*names, list_name("topic", item.topic_id)] if item.topic_id else names


def _listing(name: str, item: ContentItem, statistics: ContentStatistics) -> ContentListing:
    count = int(statistics.rating_count)
    return ContentListing(
        list_name=name,
        content_id=item.content_id,
        published_at=item.published_at,
        subject_key=normalise(item.subject),
        grade_key=normalise(item.grade_level),
        type=item.type,
        topic_id=item.topic_id,
        search_text=item.search_text,
        smallest_bytes=min(int(file["size_bytes"]) for file in whole_files(item)),
        downloads=int(statistics.downloads),
        rating=round(1000 * int(statistics.rating_sum) / count) if count else 0,
        rating_count=count,
        summary=summary(item),
    )
