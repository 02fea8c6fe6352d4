"""Nothing crosses tenants: events, reactions, webhooks, socket topics, keys of the bucket and API keys of two."""

import json
from typing import Any

import pytest

from lyceum.kit import context
from lyceum.kit.configuration import known
from lyceum.kit.identity import api_keys
from lyceum.kit.table import Unit
from lyceum.model.webhooks import Webhook
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.story import UPLOAD, Story
from tests.support.workers import deliver

from functions.realtime import topics


@pytest.fixture
def abroad(client: Client) -> Client:
    """The other tenant, with people of its own."""
    other = client.of(f"{client.tenant}-abroad")
    for role in ("student", "admin"):
        other.as_(role)
    return other


@pytest.fixture
def lived_in(client: Client, clock: Clock) -> dict[str, Any]:
    """A tenant in which the whole story happened, its workers included."""
    for _, call in Story(client).repeatable():
        call()
    topic = next(item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "topic")
    assert deliver(client.cloud, client.tenant) == 0
    clock.advance(seconds=1)
    return {"course_id": topic["course_id"]["S"], "topic_id": topic["topic_id"]["S"]}


def test_every_event_names_the_tenant_that_it_is_of(client: Client, lived_in: dict[str, Any]) -> None:
    told = [json.loads(entry["Detail"]) for entry in client.cloud.published(client.tenant)]
    assert len(told) > 50 and {each["tenant"] for each in told} == {client.tenant}
    assert lived_in


def test_what_happens_in_one_tenant_writes_nothing_in_another(
    client: Client, abroad: Client, lived_in: dict[str, Any]
) -> None:
    kinds = sorted(item["kind"]["S"] for item in client.cloud.items(abroad.tenant))
    assert kinds == ["session", "session", "user", "user"]
    items = client.cloud.items(client.tenant)
    strange = [
        item["PK"]["S"]
        for item in items
        for name in ("PK", "GSI1PK", "GSI2PK")
        if name in item and not item[name]["S"].startswith(f"{client.tenant}|")
    ]
    assert strange == [] and {item["tenant"]["S"] for item in items if "tenant" in item} == {client.tenant}
    assert lived_in


def test_a_webhook_hears_of_its_own_tenant_alone(client: Client, abroad: Client) -> None:
    with context.working(context.RequestContext(abroad.tenant)):
        hook = Webhook(webhook_id="1" * 26, url="https://hooks.abroad.org", events=["*"], maker_id="eve", secret="-")
        Unit().create(hook).commit()
    with context.working(context.RequestContext(client.tenant)):
        own = Webhook(webhook_id="0" * 26, url="https://hooks.home.org", events=["*"], maker_id="ada", secret="-")
        Unit().create(own).commit()
    for _, call in Story(client).repeatable():
        call()
    deliver(client.cloud, client.tenant)

    def deliveries(tenant: str) -> list[dict[str, Any]]:
        return [item for item in client.cloud.items(tenant) if item["kind"]["S"] == "webhook_delivery"]

    assert deliveries(client.tenant) and not deliveries(abroad.tenant)
    assert {item["webhook_id"]["S"] for item in deliveries(client.tenant)} == {"0" * 26}


def test_topics_of_one_tenant_are_followed_by_nobody_of_another(
    client: Client, abroad: Client, lived_in: dict[str, Any]
) -> None:
    named = [f"course:{lived_in['course_id']}", f"group:{lived_in['course_id']}", "question:" + lived_in["topic_id"]]
    for home, expected in ((client, named[:1]), (abroad, [])):
        caller = home.as_("admin").principal
        assert caller is not None
        with context.working(context.RequestContext(home.tenant)):
            assert topics.allowed(caller, named) == expected


def test_keys_of_the_bucket_name_their_tenant(client: Client, abroad: Client) -> None:
    links = {}
    for home in (client, abroad):
        made = home.as_("student").post("/api/uploads", UPLOAD).data
        links[home.tenant] = json.dumps(made)
    for home, other in ((client, abroad), (abroad, client)):
        assert f"uploads/{home.tenant}/" in links[home.tenant]
        assert f"uploads/{other.tenant}/" not in links[home.tenant]


def test_an_api_key_opens_its_own_tenant_whatever_the_host(client: Client, abroad: Client) -> None:
    known.forget()
    path = f"/api/admin/organizations/{client.tenant}/api-keys"
    made = client.as_("admin").post(path, {"label": "k", "scopes": ["users:manage"]})
    assert made.status == 201, made.body
    key = made.data["apiKey"]
    shown = api_keys.read(key)
    found = abroad.get("/api/users", authorization=f"Bearer {key}").data
    assert {user["userId"] for user in found} <= {
        item["user_id"]["S"] for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "user"
    }
    forged = api_keys.write(abroad.tenant, shown.key_id, shown.secret)
    assert abroad.get("/api/users", authorization=f"Bearer {forged}").status == 401
