"""What is looked for: counted by folded query, week and month, without anybody's name.

A query that fewer than five people asked may tell of a person, so of it a keyed hash is kept and not its words.
"""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.search import SearchResultOpened
from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.consumers import direct
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.search import SearchFigures
from lyceum.search.folding import query_words
from lyceum.tasks.search import NoteSearch

from functions.search.schemas import Analytics, AnalyticsQuery, QueryFigures

FEWEST_PEOPLE = 5
"""How many different people must have asked a query before anybody is told of it."""
TOTAL = "~"
_KEPT = timedelta(days=400)
_MOST_CHARACTERS = 80


def note(caller: Principal | None, text: str, *, is_empty: bool) -> None:
    """Let a search be counted; that it is lost does no harm to the search."""
    query = " ".join(query_words(text))[:_MOST_CHARACTERS]
    if query:
        direct.order(
            NoteSearch(
                query=query, is_empty=is_empty, person=_pseudonym(caller, query), actor="search", correlation_id=""
            )
        )


def count(notes: Sequence[NoteSearch], unit: Unit) -> None:
    """Add searches to the figures of their week and month (one read, and a write for each figure)."""
    by_key: dict[tuple[str, str], list[NoteSearch]] = defaultdict(list)
    for each in notes:
        for period in (period_of("week", each.at), period_of("month", each.at)):
            by_key[period, each.query].append(each)
            by_key[period, TOTAL].append(each)
    named = [SearchFigures.at(period=period, mark=_mark(query)) for period, query in by_key]
    for (period, query), found in zip(by_key, batch_fetch(named, consistent=True), strict=True):
        fresh = SearchFigures(period=period, mark=_mark(query), ttl=_KEPT)
        stored = found if isinstance(found, SearchFigures) else fresh
        _add(stored, query, by_key[period, query])
        unit.save(stored)


def _add(figures: SearchFigures, query: str, notes: Sequence[NoteSearch]) -> None:
    counts = Counter("opened" if each.is_opened else "empty" if each.is_empty else "found" for each in notes)
    figures.searches = int(figures.searches) + counts["empty"] + counts["found"]
    figures.empty = int(figures.empty) + counts["empty"]
    figures.opened = int(figures.opened) + counts["opened"]
    figures.has_empty = bool(figures.empty) and query != TOTAL
    if query == TOTAL:
        figures.words, figures.state = TOTAL, "shown"
    elif figures.state != "shown":
        people = set(figures.people or ()) | {each.person for each in notes if each.person}
        if len(people) >= FEWEST_PEOPLE:
            figures.people, figures.words, figures.state = None, query, "shown"
        else:
            figures.people = people or None


def show(query: AnalyticsQuery) -> Analytics:
    """Show the figures of a week or month (2 requests)."""
    period = period_of(query.period, query.at or clock.now())
    found = find(SearchFigures, index="gsi1", period=period, limit=query.limit + 1, descending=True).items
    empty = find(SearchFigures, index="gsi2", period=period, limit=query.limit, descending=True).items
    total = next((each for each in found if each.words == TOTAL), None) or SearchFigures(period=period, mark=TOTAL)
    row = _figures(total)
    return Analytics(
        period=period,
        searches=row.searches,
        empty=row.empty,
        opened=row.opened,
        click_through=row.click_through,
        empty_share=round(row.empty / row.searches, 4) if row.searches else 0,
        top=[_figures(each) for each in found if each.words != TOTAL][: query.limit],
        without_results=[_figures(each) for each in empty],
        as_of=clock.now(),
    )


def period_of(kind: str, moment: datetime) -> str:
    """Name the week (ISO 8601) or month, in UTC, that holds a moment."""
    return moment.strftime("%G-W%V" if kind == "week" else "%Y-%m")


def _figures(item: Any) -> QueryFigures:
    searches, opened = int(item.searches), int(item.opened)
    return QueryFigures(
        query=item.words or TOTAL,
        searches=searches,
        empty=int(item.empty),
        opened=opened,
        click_through=round(min(1.0, opened / searches), 4) if searches else 0,
    )


def _pseudonym(caller: Principal | None, query: str) -> str | None:
    """Return what tells those apart who ask one query in one month; of two queries it does not tell who asked both."""
    return _hashed(f"{clock.now():%Y-%m}", query, caller.user_id)[:16] if caller else None


def _mark(query: str) -> str:
    """Return by what a query is counted, which tells nothing of its words; the sum of all has its own."""
    return TOTAL if query == TOTAL else _hashed("query", query)[:32]


def _hashed(*parts: str) -> str:
    plain = "|".join(("search", context.tenant(), *parts))
    return hmac.new(clients.secret_text().encode(), plain.encode(), hashlib.sha256).hexdigest()


def opened(event: SearchResultOpened) -> NoteSearch:
    """Return what is counted of a result that was opened; nobody is told apart by it."""
    query = " ".join(query_words(event.query))[:_MOST_CHARACTERS]
    return NoteSearch(query=query or TOTAL, is_opened=True, at=event.at, actor="search")
