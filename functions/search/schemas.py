"""What callers of the search endpoints send and get."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, named
from lyceum.kit.values.text import Line

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Expression = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True, pattern=r"^[^\x00]*$")]
SortKeys = Annotated[str, StringConstraints(max_length=120, pattern=r"^-?[a-zA-Z]+(,-?[a-zA-Z]+)*$")]


class SearchQuery(Listing):
    """What is looked for anywhere.

    - `q`: words, in any spelling; also `search` or `query`.
    - `types`: kinds of results, separated by commas: question, topic, course, lesson, content, product, offer.
    - `subject`, `courseId`, `topicId`, `departmentId`, `language`, `difficulty`, `gradeLevel`: what results must be of.
    - `filter`: more of it, in the filter language of docs/search.md.
    - `sort`: relevance, or newest.
    """

    q: Words = named("q", "search", "query")
    types: Annotated[str | None, StringConstraints(max_length=120)] = None
    subject: Line | None = None
    course_id: Id | None = None
    topic_id: Id | None = None
    department_id: Id | None = None
    language: Annotated[str | None, StringConstraints(max_length=20)] = None
    difficulty: Annotated[str | None, StringConstraints(max_length=20)] = None
    grade_level: Annotated[str | None, StringConstraints(max_length=60)] = None
    filter: Expression | None = None
    sort: Literal["relevance", "newest"] = "relevance"


class QuestionSearch(Listing):
    """What is looked for among questions.

    - `q`: words, in any spelling; also `search` or `query`.
    - `filter`: an expression in the filter language of docs/search.md, such as `subject:Physics AND year:2015..2020`.
    - `filterId`: a saved filter, one's own or a shared one; what else is given narrows it.
    - `sort`: keys of order separated by commas, `-` before one that falls: createdAt, year, marks, level, attempts,
      successRate. By relevance, or the newest first, when there is none.
    - `solved`: only questions that the caller has answered right, or only others.
    """

    q: Annotated[Words | None, named("q", "search", "query")] = None
    filter: Expression | None = None
    filter_id: Id | None = None
    sort: SortKeys | None = None
    solved: bool | None = None


class SuggestionQuery(Request):
    """What is being typed.

    - `q`: the words so far, the last of which may be unfinished; also `search` or `query`.
    - `limit`: how many suggestions at most.
    """

    q: Words = named("q", "search", "query")
    limit: Annotated[int, Field(ge=1, le=20, description="Suggestions at most.")] = 8


class FilterList(Listing):
    """Which saved filters are listed.

    - `scope`: one's own, or those that staff shared.
    """

    scope: Literal["own", "shared"] = "own"


class SaveFilter(Request):
    """A question search to keep."""

    name: Line
    q: Words | None = None
    filter: Expression | None = None
    sort: SortKeys | None = None
    is_shared: bool = False


class AnalyticsQuery(Request):
    """Of which time.

    - `period`: a week or a month.
    - `at`: a moment within it; now when absent.
    - `limit`: how many queries of each list at most.
    """

    period: Literal["week", "month"] = "month"
    at: datetime | None = None
    limit: Annotated[int, Field(ge=1, le=100, description="Queries of each list at most.")] = 20


class Highlights(Schema):
    """Where the words stand, as HTML: `<mark>` around each, everything else escaped."""

    title: str
    text: str | None = None


class Result(Schema):
    """Something that was found; `of` is the title of what it belongs to, `score` means something within one answer."""

    type: str
    id: str
    title: str
    highlights: Highlights
    course_id: str | None = None
    topic_id: str | None = None
    of: str | None = None
    code: str | None = None
    subject: str | None = None
    difficulty: str | None = None
    question_type: str | None = None
    grade_level: str | None = None
    language: str | None = None
    tags: list[str] | None = None
    year: int | None = None
    level: int | None = None
    marks: float | None = None
    rating: float | None = None
    attempts: int | None = None
    success_rate: float | None = None
    created_at: Timestamp | None = None
    score: float | None = None


class FacetValue(Schema):
    """A value with the number of results that have it, in its folded spelling; a filter takes that too."""

    value: str
    count: int


class Results(Schema):
    """A page of results.

    `total` counts all of them, the first thousand can be reached. `isCorrected` says that words near to those asked for
    were taken, since too little has these. `facets` counts values among all results.
    """

    items: list[Result]
    total: int
    next_cursor: str | None = None
    is_corrected: bool = False
    facets: dict[str, list[FacetValue]]


class Suggestion(Schema):
    """Something that may be meant: a query of many people, or the title of something with its id."""

    text: str
    type: str
    id: str | None = None


class Suggestions(Schema):
    """What may be meant, the likeliest first."""

    suggestions: list[Suggestion]


class FilterView(Schema):
    """A saved filter; `isValid` is false when it names a field that there is no more."""

    filter_id: str
    name: str
    q: str | None = None
    filter: str | None = None
    sort: str | None = None
    is_shared: bool = False
    is_own: bool = True
    is_valid: bool = True
    created_at: Timestamp | None = None


class QueryFigures(Schema):
    """How often a query was asked, found nothing, and had a result opened."""

    query: str
    searches: int
    empty: int
    opened: int
    click_through: float


class Analytics(Schema):
    """What is looked for; queries that fewer than five people asked are in the totals alone."""

    period: str
    searches: int
    empty: int
    opened: int
    click_through: float
    empty_share: float
    top: list[QueryFigures]
    without_results: list[QueryFigures]
    as_of: Timestamp
