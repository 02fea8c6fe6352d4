"""From what an engine found to what callers get."""

import re
from datetime import UTC, datetime
from typing import Any

from lyceum.kit.errors import ValidationFailed
from lyceum.kit.http import Listing
from lyceum.kit.table import Slice, skipped, skipping
from lyceum.search.engine import engine
from lyceum.search.highlighting import Marker
from lyceum.search.queries import MOST_RESULTS, Found, Hit, Search

from functions.search.schemas import FacetValue, Highlights, Result, Results

_NAMES = {"course_id": "courseId", "topic_id": "topicId", "department_id": "departmentId", "grade_level": "gradeLevel",
          "exam_body": "examBody", "kind": "type", "type": "form"}  # fmt: skip
_IDS = frozenset({"course_id", "topic_id", "department_id"})
_NOTHING = Found([], 0)


def offset_of(query: Listing) -> int:
    """Return how many results are to be left out; raises ValidationFailed behind the last one that is reached."""
    offset = skipped(query.start_key())
    if offset + query.limit > MOST_RESULTS:
        raise ValidationFailed(f"The first {MOST_RESULTS} results are shown; narrow the search to see others.")
    return offset


def answer(search: Search, query: Listing) -> Results:
    """Ask the engine and show a page of what it found."""
    found = engine().search(search) or _NOTHING
    marker = Marker(search.text)
    reached = search.offset + len(found.hits)
    is_last = reached >= min(found.total, MOST_RESULTS) or reached + search.limit > MOST_RESULTS or not found.hits
    return Results(
        items=[show(hit, marker) for hit in found.hits],
        total=found.total,
        next_cursor=None if is_last else query.cursor_after(Slice([], skipping(reached))),
        is_corrected=found.is_corrected and bool(found.hits),
        facets={_NAMES.get(name, name): _facet(name, values) for name, values in found.facets.items() if values},
    )


def show(hit: Hit, marker: Marker) -> Result:
    """Show a result with its words marked."""
    document = hit.document
    facets, numbers, shown = document["facets"], document["numbers"], document["shown"]
    created = numbers.get("created_at")
    values: dict[str, Any] = {
        name: shown.get(name, facets.get(name))
        for name in ("course_id", "topic_id", "of", "code", "subject", "difficulty", "grade_level", "language", "tags")
    }
    return Result(
        type=document["kind"],
        id=document["item_id"],
        title=document["title"],
        highlights=Highlights(
            title=marker.whole(document["title"]),
            text=marker.excerpt(re.sub(r"\s+", " ", document["text"])),
        ),
        **values,
        question_type=facets.get("type") if document["kind"] == "question" else None,
        year=_whole(numbers.get("year")),
        level=_whole(numbers.get("level")) or None,
        marks=numbers.get("marks"),
        rating=round(numbers["rating"], 2) if "rating" in numbers else None,
        attempts=_whole(numbers.get("attempts")),
        success_rate=numbers.get("facility"),
        created_at=datetime.fromtimestamp(created, UTC) if created else None,
        score=round(hit.score, 3) if hit.score else None,
    )


def _facet(name: str, values: list[tuple[str, int]]) -> list[FacetValue]:
    return [FacetValue(value=value.upper() if name in _IDS else value, count=count) for value, count in values]


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
