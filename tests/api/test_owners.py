"""Whose it is, generated from `owner_of`: no other owner and no other tenant gets at anything of anybody."""

import json
from typing import Any

import pytest

from lyceum.kit.http import Route
from lyceum.kit.identity import Permission
from tests.api import acts
from tests.api.belongings import Belongings
from tests.support.http import Client, apis

FLEETING = {"rate_limit_window", "idempotency_record", "user", "session", "outbox_item"}
"""What every call leaves, and who calls."""
_ORDER = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@pytest.fixture(scope="module")
def owned() -> list[Route]:
    """Every route that names somebody's thing, those that take one away last, and parts before the whole."""
    routes = [route for api in apis() for route in api.routes if route.owner_of]
    return sorted(routes, key=lambda route: (_ORDER.index(route.method), -route.path.count("/"), route.path))


def stored(client: Client) -> list[str]:
    items: list[dict[str, Any]] = client.cloud.items(client.tenant)
    return sorted(json.dumps(item, sort_keys=True, default=str) for item in items if _lasts(item))


def _lasts(item: dict[str, Any]) -> bool:
    return item["kind"]["S"] not in FLEETING


def test_every_route_of_owners_says_whose_thing_it_names() -> None:
    silent = [
        route.path for api in apis() for route in api.routes if route.access.name == "OWNER" and not route.owner_of
    ]
    assert silent == []


def test_another_owner_gets_at_nothing(client: Client, owned: list[Route]) -> None:
    things = Belongings(client)
    for route in owned:
        things.names(route.owner_of)
    admitted = []
    for route in owned:
        before = stored(client)
        for role in things.roles(route):
            reply = things.send(client.as_(f"mallory-{role}", role), route)
            if reply.status not in {403, 404} or stored(client) != before:
                admitted.append(f"{route.method} {route.path} as {role}: {reply.status} {reply.body[:200]}")
    assert admitted == []


def test_another_tenant_gets_at_nothing_with_all_its_rights(client: Client, owned: list[Route]) -> None:
    things, abroad = Belongings(client), client.of(f"{client.tenant}-abroad")
    admitted = []
    for route in owned:
        reply = things.send(abroad.as_("super_admin"), route)
        if reply.status != 404:
            admitted.append(f"{route.method} {route.path}: {reply.status} {reply.body[:200]}")
    assert admitted == []


def test_its_owner_gets_at_it(client: Client, owned: list[Route]) -> None:
    """Else the refusals above would say nothing."""
    things = Belongings(client)
    refused = []
    for route in owned:
        reply = things.send(things.owner(route), route)
        if reply.status in {400, 401, 403, 404} and reply.error.code in {"VALIDATION_ERROR", "FORBIDDEN", "NOT_FOUND"}:
            refused.append(f"{route.method} {route.path}: {reply.status} {reply.body[:300]}")
    assert refused == []


def test_what_an_administrator_does_to_anothers_is_audited(client: Client, owned: list[Route]) -> None:
    """Or stands in the log of the exam's session, which names who did it, too (`tests/api/acts.py` judges alike)."""
    things, unaudited = Belongings(client), []
    admin = client.as_("super_admin")
    for route in owned:
        things.names(route.owner_of)
    for route in (each for each in owned if each.method != "GET"):
        name, before = f"{route.method} {route.path}", stored(client)
        try:
            reply = things.send(admin.prove(), route)
        except AssertionError as unnoted:
            unaudited.append(str(unnoted).splitlines()[0])
            continue
        new = [json.loads(item)["kind"]["S"] for item in set(stored(client)) - set(before)]
        if new and not {"audit_event", "session_event"} & set(new) and name not in acts.UNAUDITED:
            unaudited.append(f"{name}: {reply.status} {sorted(new)}")
    assert unaudited == [], "\n".join(unaudited)


def test_an_administrator_who_was_demoted_changes_nothing_of_anothers(client: Client, owned: list[Route]) -> None:
    things, mallory = Belongings(client), client.as_("mallory", "admin")
    for route in owned:
        things.names(route.owner_of)
    assert client.as_("super_admin").put(f"/api/users/{mallory.user_id}/role", {"role": "moderator"}).status == 200
    passing = [
        f"{route.method} {route.path}: {reply.status}"
        for route in owned
        if route.access.permission is not Permission.TAKE_EXAMS  # what one sits is one's own
        and (reply := things.send(mallory, route)).status not in {401, 404}
    ]
    assert passing == [], "\n".join(passing)
