"""Fetches a roster from a system page by page, and writes it as the tables of a package (OneRoster 1.2, CSV binding).

So what is told over REST is applied by the code that applies files.
"""

from collections.abc import Callable
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import rule_violation
from lyceum.model.imports import RosterSource
from lyceum.tasks.imports import ImportPeople

from functions.imports.rosters import sources

TABLES = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
_LIMIT = 100
_REQUESTS = 10
_MOST_ROWS = 60_000
Place = dict[str, int]


def begin() -> Place:
    """Return where a fetch begins."""
    return {"table": 0, "offset": 0}


def step(task: ImportPeople, place: Place, keep: Callable[[str, Any], None]) -> Place | None:
    """Fetch up to a thousand rows and keep them by table and offset; returns where to go on, None at the end.

    Raises RuleViolation SOURCE_REFUSES, SOURCE_GONE, ROSTER_TOO_LARGE, and Unavailable for what may pass.
    """
    source = RosterSource.fetch(source_id=task.source_id or "")
    if source is None:
        raise rule_violation("SOURCE_GONE", "This source was removed.")
    bearer = sources.token(source)
    for _ in range(_REQUESTS):
        table, offset = TABLES[place["table"]], place["offset"]
        rows = sources.read(source, bearer, table, _query(task, offset))
        keep(f"{table}-{offset:06d}", [flat(table, row) for row in rows])
        if offset > _MOST_ROWS:
            raise rule_violation("ROSTER_TOO_LARGE", f"A roster has {_MOST_ROWS} rows of a kind at most.")
        is_over = len(rows) < _LIMIT
        place = {"table": place["table"] + 1, "offset": 0} if is_over else {**place, "offset": offset + _LIMIT}
        if place["table"] == len(TABLES):
            return None
    return place


def _query(task: ImportPeople, offset: int) -> dict[str, str]:
    query = {"limit": str(_LIMIT), "offset": str(offset), "sort": "sourcedId"}
    if task.since is not None:
        query["filter"] = f"dateLastModified>='{clock.iso(task.since)}'"
    return query


def flat(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Write an object of the REST binding as a row of the CSV binding; `roles` of people stay beside it."""
    text: dict[str, Any] = {name: _text(value) for name, value in row.items()}
    for name, column in _REFERENCES.get(table, {}).items():
        text[column] = _reference(row.get(name))
    if table == "users":
        roles = [each for each in row.get("roles") or [] if isinstance(each, dict)]
        text["roles"] = [_role(text["sourcedId"], each) for each in roles] if "sourcedId" in text else []
        text.setdefault("role", "")
    return text


_REFERENCES = {
    "classes": {"course": "courseSourcedId", "terms": "termSourcedIds", "school": "schoolSourcedId"},
    "users": {"primaryOrg": "primaryOrgSourcedId", "orgs": "orgSourcedIds"},
    "enrollments": {"user": "userSourcedId", "class": "classSourcedId"},
}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(each for each in value if isinstance(each, str))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:2000] if isinstance(value, (str, int, float)) else ""


def _reference(value: Any) -> str:
    each = value if isinstance(value, list) else [value]
    return ",".join(str(one.get("sourcedId", "")) for one in each if isinstance(one, dict))


def _role(user_id: str, role: dict[str, Any]) -> dict[str, str]:
    told = {name: _text(role.get(name)) for name in ("roleType", "role")}
    return {**told, "userSourcedId": user_id, "orgSourcedId": _reference(role.get("org")), "status": "active"}
