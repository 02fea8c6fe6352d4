"""Worker on downloads and ratings: counts them in batches, and brings along the lists that are in that order."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lyceum.events.content import ContentDownloaded, ContentRated
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.content.library import ContentItem, ContentStatistics

from functions.content.library import listings

consumer = Consumer("content-statistics")
handler = consumer.handler


@dataclass
class _Growth:
    downloads: int = 0
    rating_sum: int = 0
    rating_count: int = 0


@consumer.fold(ContentDownloaded)
def count_downloads(events: Sequence[ContentDownloaded], unit: Unit) -> None:
    """Count downloads, all of one item at once."""
    growth: dict[str, _Growth] = defaultdict(_Growth)
    for event in events:
        growth[event.content_id].downloads += 1
    _add(unit, growth)


@consumer.fold(ContentRated)
def count_ratings(events: Sequence[ContentRated], unit: Unit) -> None:
    """Add up stars; a changed rating changes the sum and not the number."""
    growth: dict[str, _Growth] = defaultdict(_Growth)
    for event in events:
        growth[event.content_id].rating_sum += event.change
        growth[event.content_id].rating_count += event.is_new
    _add(unit, growth)


def _add(unit: Unit, growth: dict[str, _Growth]) -> None:
    """Add to the statistics of each item and bring its listings along, provided that neither changed meanwhile."""
    content_ids = sorted(growth)
    keys = [entity.at(content_id=each) for each in content_ids for entity in (ContentItem, ContentStatistics)]
    found = batch_fetch(keys, consistent=True)
    for number, content_id in enumerate(content_ids):
        item, known = found[2 * number], found[2 * number + 1]
        if not isinstance(item, ContentItem):
            continue
        statistics = known if isinstance(known, ContentStatistics) else ContentStatistics(content_id=content_id)
        statistics.downloads = int(statistics.downloads) + growth[content_id].downloads
        statistics.rating_sum = int(statistics.rating_sum) + growth[content_id].rating_sum
        statistics.rating_count = int(statistics.rating_count) + growth[content_id].rating_count
        if statistics.version:
            unit.replace(statistics, refuse=_changed_meanwhile())
        else:
            unit.create(statistics, refuse=_changed_meanwhile())
        unit.check(item, ContentItem.version == item.version, refuse=_changed_meanwhile())
        if item.state == "published":
            listings.put(unit, item, statistics)


def _changed_meanwhile() -> Conflict:
    return Conflict("The item or its statistics changed meanwhile; the messages come again.")
