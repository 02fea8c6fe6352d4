"""The store: who sees what, who lists it, and what can not be offered."""

from typing import Any

import pytest

from tests.apps.conftest import OFFER, install, listed, offer
from tests.support.http import Client


def names(client: Client) -> list[str]:
    return [app["name"] for app in client.get("/api/apps").data["apps"]]


def test_an_app_is_seen_by_everybody_once_somebody_else_lists_it(client: Client) -> None:
    app = offer(client)
    admin, student = client.as_("admin"), client.as_("student")
    assert app["state"] == "in_review" and app["clientSecret"] and app["webhookSecret"].startswith("whsec_")
    assert names(admin) == ["Roll call"] and names(student) == []
    path = f"/api/apps/{app['appId']}"
    assert admin.patch(path, {"state": "listed"}).error.fields == {"OWN_REVIEW"}
    assert admin.patch(path, {"state": "refused"}).error.fields == {"REASON_NEEDED"}
    assert client.as_("reviewer", "admin").patch(path, {"state": "listed"}).data["state"] == "listed"
    shown = student.get("/api/apps")
    assert shown.cost.operations == ["Query", "Query"]
    (seen,) = shown.data["apps"]
    assert "clientSecret" not in seen and "webhookSecret" not in seen
    assert not any(app["clientSecret"] in str(item) for item in client.cloud.items(client.tenant))
    assert not any(app["webhookSecret"] in str(item) for item in client.cloud.items(client.tenant))
    assert client.get("/api/apps").status == 401


def test_a_withdrawn_app_is_installed_nowhere_and_stays_where_it_is(client: Client) -> None:
    app = listed(client)
    assert install(client, app).status == 201
    path = f"/api/apps/{app['appId']}"
    assert client.as_("admin").patch(path, {"state": "withdrawn"}).data["isInstalled"] is True
    assert client.as_("admin").patch(path, {"state": "listed"}).error.fields == {"APP_WITHDRAWN"}
    assert client.as_("admin").get(f"{path}/install").status == 200
    assert client.as_("admin").delete(f"{path}/install").status == 200
    assert install(client, app).status == 404


def test_a_tenant_sees_the_platforms_listed_apps_and_no_other_tenants(platform: Client, client: Client) -> None:
    listed(platform, name="Everybody's")
    offer(platform, name="Not yet")
    listed(client, name="Our own")
    assert sorted(names(client.as_("student"))) == ["Everybody's", "Our own"]
    assert names(client.of("elsewhere").as_("student")) == ["Everybody's"]


def test_a_stale_review_is_refused(client: Client) -> None:
    app = offer(client)
    reviewer = client.as_("reviewer", "admin")
    path = f"/api/apps/{app['appId']}"
    stale = {"if-match": '"7-abc"'}
    assert reviewer.send("PATCH", path, {"state": "listed"}, None, stale).status == 412


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"redirectUris": ["http://roll.example.org/back"]}, "redirectUris"),
        ({"redirectUris": [], "actsAlone": False}, "redirectUris"),
        ({"scopes": ["users:write"]}, "scopes"),
        ({"isConfidential": False}, "actsAlone"),
        ({"pages": [{"title": "x", "url": "javascript:alert(1)"}]}, "pages"),
        ({"homepage": "http://roll.example.org/"}, "pages"),
        ({"webhooks": [{"url": "https://hooks.roll.example.org/", "events": ["no.such"]}]}, "webhooks[0].events[0]"),
        ({"settingsSchema": {"properties": {"a": {"type": "string", "pattern": "(a+)+$"}}}}, None),
        ({"settingsSchema": {"properties": {"a": {"type": "object"}}}}, None),
        ({"settingsSchema": {"properties": {"a": {"type": "string", "minimum": 1}}}}, None),
        ({"settingsSchema": {"properties": {"a": {"type": "integer", "enum": ["1"]}}}}, None),
        ({"settingsSchema": {"properties": {}, "required": ["a"]}}, None),
        ({"settingsSchema": {"properties": {f"a{n}": {"type": "string"} for n in range(21)}}}, None),
        ({"settingsSchema": {"properties": {"a": {"type": "integer", "default": 1.5}}}}, None),
        ({"callsPerMinute": 0}, "callsPerMinute"),
    ],
)
def test_what_can_not_be_offered(client: Client, changes: dict[str, Any], wrong: str | None) -> None:
    reply = client.as_("admin").post("/api/apps", {**OFFER, **changes})
    assert reply.status == 400, reply.body
    assert wrong is None or wrong in reply.error.fields


def test_a_webhook_address_that_is_not_called_is_refused(client: Client) -> None:
    hook = [{"url": "https://127.0.0.1/hook", "events": ["course.published"]}]
    assert client.as_("admin").post("/api/apps", {**OFFER, "webhooks": hook}).error.fields == {
        "WEBHOOK_ADDRESS_REFUSED"
    }
