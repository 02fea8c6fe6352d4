"""What may be meant while somebody types: queries of many people first, then titles."""

from lyceum.kit.identity import Principal
from lyceum.search.engine import engine
from lyceum.search.folding import query_words
from lyceum.search.queries import Search, grants_of

from functions.search.schemas import Suggestion, SuggestionQuery, Suggestions


def suggest(caller: Principal | None, query: SuggestionQuery) -> Suggestions:
    """Return suggestions (1 storage request); of queries those that five people at least asked, so nobody's own."""
    hits, popular = engine().suggest(Search(grants_of(caller), text=query.q, limit=query.limit))
    typed = " ".join(query_words(query.q))
    half = max(1, query.limit // 2)
    queries = [text for text, _ in popular if text.startswith(typed)][:half] if typed else []
    shown = [Suggestion(text=text, type="query") for text in queries]
    known = set(queries)
    for hit in hits:
        title = str(hit.document["title"])
        if title.casefold() not in known:
            known.add(title.casefold())
            shown.append(Suggestion(text=title, type=hit.document["kind"], id=hit.document["item_id"]))
    return Suggestions(suggestions=shown[: query.limit])
