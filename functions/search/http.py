"""Search over HTTP."""

from typing import Annotated

from lyceum.kit.http import OPTIONAL, USER, Api, Caller, MaybeCaller, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.search import analytics, filters, searches, suggestions
from functions.search.schemas import (
    Analytics,
    AnalyticsQuery,
    FilterList,
    FilterView,
    QuestionSearch,
    Results,
    SaveFilter,
    SearchQuery,
    SuggestionQuery,
    Suggestions,
)

api = Api("search", recheck=recheck)
handler = api.handler


@api.get("/api/search", access=OPTIONAL)
def search_everything(caller: MaybeCaller, query: Annotated[SearchQuery, Query()]) -> Results:
    """Search questions, courses, the library, what is for sale, and help, the best first."""
    return searches.everything(caller, query)


@api.get("/api/search/questions", access=OPTIONAL)
def search_questions(caller: MaybeCaller, query: Annotated[QuestionSearch, Query()]) -> Results:
    """Search questions by words, a filter with AND, OR and NOT, and several keys of order."""
    return searches.questions(caller, query)


@api.get("/api/search/suggestions", access=OPTIONAL)
def list_suggestions(caller: MaybeCaller, query: Annotated[SuggestionQuery, Query()]) -> Suggestions:
    """Suggest what may be meant by what is being typed."""
    return suggestions.suggest(caller, query)


@api.post("/api/search/filters", access=USER, status=201, limit="100/hour", idempotent=True)
def save_filter(caller: Caller, body: SaveFilter) -> FilterView:
    """Save a question search, for oneself or, as staff, for everybody."""
    return filters.save(caller, body)


@api.get("/api/search/filters", access=USER)
def list_filters(caller: Caller, query: Annotated[FilterList, Query()]) -> Page[FilterView]:
    """List one's own saved filters, or the shared ones."""
    return filters.page(caller, query)


@api.delete("/api/search/filters/{filterId}", access=USER)
def delete_filter(caller: Caller, filter_id: str) -> Removed:
    """Delete a saved filter."""
    filters.remove(caller, filter_id)
    return Removed(id=filter_id)


@api.get("/api/admin/search/analytics", access=may(Permission.MANAGE_USERS))
def show_search_analytics(query: Annotated[AnalyticsQuery, Query()]) -> Analytics:
    """Show what is looked for: top queries, queries without results, and how many results are opened."""
    return analytics.show(query)
