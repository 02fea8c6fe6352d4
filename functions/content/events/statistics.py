"""How often items are downloaded and how they are rated: folded in from events, in batches, with the lists that are in that order."""

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
    _grow(unit, growth)


@consumer.fold(ContentRated)
def count_ratings(events: Sequence[ContentRated], unit: Unit) -> None:
    """Add up stars; a changed rating changes the sum and not the number."""
    growth: dict[str, _Growth] = defaultdict(_Growth)
    for event in events:
        growth[event.content_id].rating_sum += event.change
        growth[event.content_id].rating_count += event.is_new
    _grow(unit, growth)


def _grow(unit: Unit, growth: dict[str, _Growth]) -> None:
    """Add to the figures of each item and bring its entries along, provided that nobody changed either meanwhile."""
    names = sorted(growth)
    asked = [entity.at(content_id=name) for name in names for entity in (ContentItem, ContentStatistics)]
    found = batch_fetch(asked, consistent=True)
    for place, name in enumerate(names):
        item, figures = found[2 * place], found[2 * place + 1]
        if not isinstance(item, ContentItem):
            continue
        counted = figures if isinstance(figures, ContentStatistics) else ContentStatistics(content_id=name)
        counted.downloads = int(counted.downloads) + growth[name].downloads
        counted.rating_sum = int(counted.rating_sum) + growth[name].rating_sum
        counted.rating_count = int(counted.rating_count) + growth[name].rating_count
        if counted.version:
            unit.replace(counted, refuse=_meanwhile())
        else:
            unit.create(counted, refuse=_meanwhile())
        unit.check(item, ContentItem.version == item.version, refuse=_meanwhile())
        if item.state == "published":
            listings.place(unit, item, counted)


def _meanwhile() -> Conflict:
    return Conflict("Item or figures changed meanwhile; the messages come again.")
