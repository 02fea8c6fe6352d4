"""A small API of its own, so that what every route shares is tested apart from any domain."""

from typing import Annotated

import pytest
from pydantic import Field

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import rule_violation
from lyceum.kit.http import (
    OPTIONAL,
    PUBLIC,
    SELF,
    USER,
    Api,
    Caller,
    Document,
    IfMatch,
    Listing,
    MaybeCaller,
    Page,
    Query,
    Request,
    Schema,
    may,
)
from lyceum.kit.identity import Permission
from lyceum.kit.table import Slice
from lyceum.rules import sessions
from tests.support import http
from tests.support.cloud import Cloud
from tests.support.http import Client


class Thing(Schema):
    """An answer."""

    name: str
    note: str | None = None
    parts: list[dict[str, int]] = []
    version: int = 7


class MakeThing(Request):
    """A request."""

    name: Annotated[str, Field(min_length=2)]
    parts: list[dict[str, int]] = []


class Things(Listing):
    """A list's query."""

    colour: str | None = None


probe = Api("probe", recheck=sessions.recheck)
made: list[str] = []


@probe.get("/api/probe/things/{thingId}", access=PUBLIC)
def one(thing_id: str) -> Thing:
    """Show a thing."""
    return Thing(name=thing_id, parts=[{"size": 1, "weight": 2}])


@probe.get("/api/probe/things/special", access=USER)
def special(caller: Caller) -> Thing:
    """Show a thing that only signed-in callers see."""
    return Thing(name=caller.user_id)


@probe.get("/api/probe/report", access=PUBLIC, also="text/csv")
def report(as_file: Annotated[bool, Query(alias="asFile")] = False) -> Thing | Document:
    """Show a thing, or hand out a file."""
    return Document("text/csv", "name\nx\n", "things.csv") if as_file else Thing(name="x")


@probe.get("/api/probe/large", access=OPTIONAL)
def large(caller: MaybeCaller) -> Thing:
    """Show a large thing."""
    return Thing(name="x" * 2000, note=caller.user_id if caller else None)


@probe.post("/api/probe/things", access=USER, status=201, limit="3/minute", idempotent=True, max_body_bytes=200)
def make(body: MakeThing) -> Thing:
    """Make a thing."""
    if body.name == "refused":
        raise rule_violation("NO_SUCH_NAME", "Not this name.")
    if body.name == "broken":
        raise RuntimeError("the secret is in this message")
    made.append(body.name)
    return Thing(name=body.name, note=str(len(made)))


@probe.put("/api/probe/users/{userId}", access=SELF)
def own(user_id: str, if_match: IfMatch) -> Thing:
    """Change something of one's own."""
    return Thing(name=user_id, note=str(if_match))


@probe.delete("/api/probe/things/{thingId}", access=may(Permission.MANAGE_USERS))
def remove(thing_id: str) -> Thing:
    """Remove a thing."""
    return Thing(name=thing_id)


@probe.get("/api/probe/list", access=PUBLIC)
def listing(query: Annotated[Things, Query()]) -> Page[Thing]:
    """List things."""
    after = query.start_key()
    first = int(after["SK"]["S"]) if after else 0
    key = {"PK": {"S": "t|THING"}, "SK": {"S": str(first + query.limit)}} if first + query.limit < 5 else None
    numbers = range(first, min(first + query.limit, 5))
    return query.page(
        Slice([OutboxItem(event_id=str(number)) for number in numbers], key),
        lambda item: Thing(name=item.event_id),
        total=5,
    )


@pytest.fixture
def caller(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Calls the small API."""
    made.clear()
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: probe)
    return client


__all__ = ["Cloud", "made"]
