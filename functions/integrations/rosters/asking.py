"""What a query asks: its filter, order and fields, each within what is held (OneRoster 1.2 REST binding, 3.4)."""

import re
from collections.abc import Collection, Sequence
from typing import TypeVar

from lyceum.kit.errors import BadRequest, Detail
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.settings import settings

from functions.integrations.rosters.schemas import RosterQuery, Row

ROOT = "/ims/oneroster/rostering/v1p2"
_PART = re.compile(r"\s*([A-Za-z.]{1,40})\s*=\s*'([^']{0,254})'\s*")
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)
R = TypeVar("R", bound=Row)


def equalities(query: RosterQuery, allowed: Collection[str]) -> dict[str, str]:
    """Read a filter of `field='value'` joined by AND; raises BadRequest with invalid_filter_field."""
    found: dict[str, str] = {}
    for part in _AND.split(query.filter) if query.filter else []:
        match = _PART.fullmatch(part)
        if match is None or match[1] not in allowed or match[1] in found:
            told = f"This is filtered by {', '.join(sorted(allowed))}, each with = and once, joined by AND."
            raise BadRequest(told, details=[Detail("filter", told, "invalid_filter_field")])
        found[match[1]] = match[2]
    return found


def check_sort(query: RosterQuery, own: str) -> None:
    """Refuse an order that is not the list's own; raises BadRequest with invalid_sort_field."""
    if query.sort not in {None, own}:
        told = f"These rows are in the order of {own}."
        raise BadRequest(told, details=[Detail("sort", told, "invalid_sort_field")])


def selected(rows: Sequence[R], query: RosterQuery) -> list[R]:
    """Leave out the fields that were not asked for; raises BadRequest with invalid_selection_field."""
    if not query.fields:
        return list(rows)
    asked = {name.strip() for name in query.fields.split(",") if name.strip()}
    if rows and (unknown := asked - {field.alias for field in type(rows[0]).model_fields.values()}):
        told = f"There is no field {min(unknown)}."
        raise BadRequest(told, details=[Detail("fields", told, "invalid_selection_field")])
    return [
        row.model_copy(
            update={name: None for name, field in type(row).model_fields.items() if field.alias not in asked}
        )
        for row in rows
    ]


def link_on(answer: AnswerHeaders, query: RosterQuery, collection: str, *, goes_on: bool, total: int | None) -> None:
    """Tell where the next page is (RFC 8288) and, where it is counted, how many rows there are."""
    if total is not None:
        answer.headers["X-Total-Count"] = str(total)
    if goes_on:
        address = f"{settings().api_url}{ROOT}/{collection}"
        asked = f"limit={query.limit}&offset={query.offset + query.limit}"
        answer.headers["Link"] = f'<{address}?{asked}>; rel="next"'
