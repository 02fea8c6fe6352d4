"""Installing: consent, clients, webhooks, settings, limits; and uninstalling with all of it."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.events.courses import CoursePublished
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.identity import revocations
from lyceum.kit.table import Unit, find_all
from lyceum.model.apps import Installation
from lyceum.model.oauth import OAuthClient, OAuthGrant
from lyceum.model.webhooks import Webhook
from lyceum.rules.webhook_signatures import sign
from tests.apps.conftest import BACK, EVENTS, SCOPES, Outside, install, listed, offer
from tests.auth.provider.conftest import App
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once
from tests.support.workers import deliver
from tests.users.privacy.test_privacy import prove


def settings_of(client: Client, app: dict[str, Any], secret: str | None = None) -> Reply:
    pair = f"{app['clientId']}:{secret or app['clientSecret']}"
    headers = {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    nobody = Client(client.cloud, client.tenant)
    return nobody.send("GET", f"/api/apps/{app['appId']}/settings", None, None, headers)


def as_app(client: Client, app: dict[str, Any], name: str = "student") -> App:
    return App(client.as_(name, "student"), app["clientId"], app["clientSecret"], BACK)


def test_an_installed_app_has_client_webhook_and_settings(client: Client, outside: Outside) -> None:
    app = listed(client)
    assert as_app(client, app).send("/api/oauth/token", grant_type="client_credentials").status == 401
    reply = install(client, app)
    assert reply.status == 201, reply.body
    made = reply.data
    assert made["settings"] == {"sheet": "June", "lateAfterMinutes": 10, "format": "csv"}
    assert (made["secretsSet"], made["scopes"], made["events"]) == (["apiKey"], sorted(SCOPES), sorted(EVENTS))
    assert not any("s3cret" in str(item) for item in client.cloud.items(client.tenant))
    assert client.as_("student").get("/api/apps").data["apps"][0]["isInstalled"] is True
    told = settings_of(client, app)
    assert told.data["settings"]["apiKey"] == "s3cret" and told.cost.operations.count("BatchGetItem") == 1
    assert settings_of(client, app, "wrong").error.code == "invalid_client"
    tokens = as_app(client, app).tokens(scope="openid courses:read")
    bearer = as_app(client, app).with_token(tokens["access_token"])
    assert bearer.send("GET", "/api/courses").status == 200
    assert bearer.send("GET", "/api/notifications").error.code == "INSUFFICIENT_SCOPE"


def test_its_webhook_is_told_and_signed_by_the_apps_secret(client: Client, outside: Outside, tenant: str) -> None:
    app = listed(client)
    assert install(client, app).status == 201
    event = CoursePublished(course_id="01J8Z3N6Q40000000000000001", instructor_id="i", is_open=True)
    Unit().create(OutboxItem.of(event), event).commit()
    assert deliver(client.cloud, tenant, only="webhooks") == 0
    ((address, body, headers),) = outside.got
    assert address == f"https://hooks.roll.example.org/lyceum?organization={tenant}"
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert headers["webhook-signature"] == sign(app["webhookSecret"], headers["webhook-id"], at, body.decode())
    assert json.loads(body)["type"] == "course.published"


@pytest.mark.parametrize(
    "consent",
    [{}, {"scopes": SCOPES}, {"scopes": [*SCOPES, "study:read"], "events": EVENTS}, {"scopes": [], "events": EVENTS}],
)
def test_a_consent_names_all_of_it_and_no_more(client: Client, outside: Outside, consent: dict[str, Any]) -> None:
    reply = install(client, listed(client), consent=consent)
    assert reply.status == 422 and reply.error.fields == {"CONSENT_INCOMPLETE"}
    assert list(find_all(Webhook)) == [] and list(find_all(Installation)) == []


def test_wrong_settings_are_named_and_nothing_is_installed(client: Client, outside: Outside) -> None:
    app = listed(client)
    reply = install(client, app, settings={"lateAfterMinutes": 61, "format": "ods", "colour": "red"})
    assert reply.error.fields == {
        "settings.sheet", "settings.lateAfterMinutes", "settings.format", "settings.colour",
    }  # fmt: skip
    assert client.as_("admin").get(f"/api/apps/{app['appId']}/install").status == 404


def test_settings_of_an_installed_app_are_set_anew(client: Client, outside: Outside) -> None:
    app = listed(client)
    install(client, app)
    again = install(client, app, settings={"sheet": "July", "weekends": True})
    assert again.data["settings"]["sheet"] == "July" and again.data["secretsSet"] == []
    assert len(list(find_all(Webhook))) == 1


def test_an_app_has_its_own_limit_for_all_people(client: Client, outside: Outside) -> None:
    app = listed(client)
    install(client, app)
    people = [as_app(client, app, name) for name in ("student", "eve")]
    bearers = [each.with_token(each.tokens(scope="courses:read")["access_token"]) for each in people]
    answers = [bearers[n % 2].send("GET", "/api/courses") for n in range(6)]
    assert [each.status for each in answers] == [200] * 5 + [429]
    assert answers[-1].error.fields == {"APP_LIMIT"} and int(answers[-1].headers["Retry-After"]) <= 60
    assert client.as_("student").get("/api/courses").status == 200


def test_what_is_uninstalled_keeps_nothing(client: Client, outside: Outside, tenant: str, clock: Clock) -> None:
    app = listed(client)
    install(client, app)
    people = [as_app(client, app, name) for name in ("student", "eve", "tom")]
    tokens = [each.tokens(scope="openid courses:read") for each in people]
    reply = client.as_("admin").delete(f"/api/apps/{app['appId']}/install")
    assert reply.status == 200, reply.body
    assert reply.cost.operations.count("TransactWriteItems") == 1
    revocations.forget()
    assert people[0].with_token(tokens[0]["access_token"]).send("GET", "/api/courses").status == 401
    renewed = people[0].send("/api/oauth/token", grant_type="refresh_token", refresh_token=tokens[0]["refresh_token"])
    assert renewed.json["error"] == "invalid_client"
    assert settings_of(client, app).status == 401
    assert list(find_all(Webhook)) == []
    assert deliver(client.cloud, tenant, only="auth") == 0
    for each in people:
        assert list(find_all(OAuthGrant, user_id=each.person.user_id)) == []
    assert not any("s3cret" in str(item) or "June" in str(item) for item in client.cloud.items(tenant))
    assert client.as_("admin").get(f"/api/apps/{app['appId']}/install").status == 404
    assert client.as_("admin").delete(f"/api/apps/{app['appId']}/install").status == 404


def test_it_is_installed_again_once_its_tokens_have_ended(client: Client, outside: Outside, clock: Clock) -> None:
    app = listed(client)
    install(client, app)
    late = as_app(client, app).tokens(scope="openid courses:read")
    client.as_("admin").delete(f"/api/apps/{app['appId']}/install")
    assert install(client, app).error.code == "APP_LEAVING"
    clock.advance(minutes=22)
    prove(client.as_("admin"))
    assert install(client, app).status == 201
    renewed = as_app(client, app).send(
        "/api/oauth/token", grant_type="refresh_token", refresh_token=late["refresh_token"]
    )
    assert renewed.json["error"] == "invalid_grant"
    revocations.forget()
    prove(as_app(client, app).person)
    fresh = as_app(client, app).tokens(scope="openid courses:read")["access_token"]
    assert as_app(client, app).with_token(fresh).send("GET", "/api/courses").status == 200


def test_a_tenant_installs_what_the_platform_lists(platform: Client, client: Client, outside: Outside) -> None:
    waiting, app = offer(platform, name="Not yet"), listed(platform)
    assert install(client, waiting).status == 404
    assert install(client, app).status == 201
    assert settings_of(client, app).data["settings"]["sheet"] == "June"
    assert settings_of(platform, app).status == 401
    elsewhere = client.of("elsewhere")
    assert elsewhere.as_("admin").get(f"/api/apps/{app['appId']}/install").status == 404
    client.as_("admin").delete(f"/api/apps/{app['appId']}/install")
    assert OAuthClient.fetch(client_id=app["clientId"]) is None
    assert install(platform, app).status == 201


def test_what_belongs_to_an_app_goes_with_it_alone(client: Client, outside: Outside) -> None:
    app = listed(client)
    made = install(client, app).data
    admin, hook = client.as_("admin"), f"/api/webhooks/{made['webhookIds'][0]}"
    for change in ({"url": "https://hooks.example.org/"}, {"rotateSecret": True}, {"events": ["*"]}):
        assert admin.patch(hook, change).error.fields == {"WEBHOOK_OF_APP"}
    assert admin.delete(hook).error.fields == {"WEBHOOK_OF_APP"}
    assert admin.patch(hook, {"isEnabled": False}).data["disabledReason"] == "chosen"
    assert admin.delete(f"/api/admin/oauth-clients/{app['clientId']}").error.fields == {"CLIENT_OF_APP"}


def test_two_who_install_at_once_make_one_installation(client: Client, outside: Outside) -> None:
    app = listed(client)
    client.as_("admin")
    answers = at_once(*[lambda: install(client, app)] * 4)
    statuses = sorted(each.status for each in answers)
    assert statuses.count(201) >= 1 and set(statuses) <= {201, 409}
    (made,) = find_all(Installation)
    assert [each.webhook_id for each in find_all(Webhook)] == list(made.webhook_ids)


def test_two_who_uninstall_at_once_do_it_once(client: Client, outside: Outside) -> None:
    app = listed(client)
    install(client, app)
    path = f"/api/apps/{app['appId']}/install"
    answers = at_once(*[lambda: client.as_("admin").delete(path)] * 3)
    assert sum(each.status == 200 for each in answers) == 1


def test_an_app_is_installed_by_who_was_there_a_moment_ago(client: Client, outside: Outside, clock: Clock) -> None:
    app = listed(client)
    clock.advance(minutes=6)
    refused = install(client, app)
    assert (refused.status, refused.error.code) == (403, "CONFIRMATION_REQUIRED")
