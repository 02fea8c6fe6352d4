"""Organisations: made with their first administrator, shown, changed and closed; nobody sees another's."""

import pytest

from lyceum.kit import context
from lyceum.kit.configuration import known
from lyceum.kit.table import Unit, find
from lyceum.model.audit import AuditEvent
from lyceum.model.federation import IdentityProvider
from lyceum.model.users.account import User
from lyceum.model.users.invitations import Invitation
from lyceum.rules import invitations
from tests.organizations.conftest import make
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

PATH = "/api/admin/organizations/harbour"
GUARD = ["BatchGetItem", "UpdateItem"]
"""What every administering route with a limit costs: the caller's rights of this moment, and the count."""


def test_an_organisation_is_made_with_its_first_administrator(operator: Client) -> None:
    reply = make(operator, tier="business")
    assert (reply.status, reply.cost.operations) == (201, [*GUARD, "GetItem", "TransactWriteItems"])
    assert (reply.data["organizationId"], reply.data["tier"]) == ("harbour", "business")
    with context.working(context.RequestContext("harbour")):
        token = invitations.token_of(find(Invitation, index="gsi1").items[0])
    body = {
        "email": "head@harbour.org", "password": "correct horse battery", "firstName": "Ada", "lastName": "Head",
        "username": "head", "invitation": token,
    }  # fmt: skip
    registered = Client(operator.cloud, "harbour").post("/api/auth/register", body)
    assert registered.status == 201, registered.body
    with context.working(context.RequestContext("harbour")):
        assert [user.role for user in find(User, index="gsi2", role="super_admin").items] == ["super_admin"]


@pytest.mark.parametrize("name", ["Harbour", "h", "api", "-harbour", "har_bour", "har.bour"])
def test_a_name_has_to_be_a_free_label_of_a_host(operator: Client, name: str) -> None:
    assert make(operator, name).status in {400, 422}


def test_a_name_is_given_once(operator: Client, harbour: Client) -> None:
    assert harbour.tenant == "harbour"
    assert make(operator).error.code == "TENANT_EXISTS"


def test_operators_see_all_and_others_their_own(operator: Client, harbour: Client) -> None:
    assert {row["organizationId"] for row in operator.get("/api/admin/organizations").data} >= {"main", "harbour"}
    head = harbour.as_("super_admin")
    assert [row["organizationId"] for row in head.get("/api/admin/organizations").data] == ["harbour"]
    shown = head.get(PATH)
    assert (shown.data["title"], shown.cost.operations) == ("Harbour School", ["BatchGetItem", "BatchGetItem", "Query"])
    assert harbour.as_("instructor").get(PATH).status == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"title": "Mine"}),
        ("POST", "/suspend", {"reason": "unpaid bills"}),
        ("POST", "/resume", {}),
        ("POST", "/api-keys", {"label": "k", "scopes": ["courses:learn"]}),
        ("GET", "/api-keys", None),
        ("POST", "/domain", {"host": "learn.harbour.org"}),
        ("GET", "/usage", None),
        ("POST", "/export", {}),
        ("GET", "/receipt", None),
        ("DELETE", "", None),
    ],
)
def test_another_organisation_gets_at_nothing(
    operator: Client, harbour: Client, method: str, path: str, body: object
) -> None:
    assert make(operator, "quay").status == 201
    before = harbour.cloud.items("harbour")
    query = {"reason": "out of spite"} if method == "DELETE" else None
    stranger = Client(operator.cloud, "quay").as_("super_admin")
    assert stranger.send(method, f"{PATH}{path}", body, query).status == 404
    assert harbour.cloud.items("harbour") == before


def test_settings_are_changed_audited_and_shown_to_everybody(operator: Client, harbour: Client, clock: Clock) -> None:
    head = harbour.as_("admin")
    wanted = {
        "branding": {"name": "Harbour", "colour": "#0a5c36", "supportEmail": "help@harbour.org"},
        "languages": ["en", "fr"],
        "timeZone": "Africa/Lagos",
        "calendar": {"weekStarts": "sunday", "yearStarts": "01-15"},
        "limits": {"free_exams_daily": 3},
        "minorContacts": "staff",
    }
    before = head.get(PATH)
    changed = head.put(PATH, wanted, if_match=before.headers["ETag"])
    assert changed.status == 200, changed.body
    assert changed.cost.operations == [*GUARD, "BatchGetItem", "TransactWriteItems", "Query"]
    assert head.put(PATH, {"title": "Old"}, if_match=before.headers["ETag"]).status == 412
    clock.advance(seconds=11)
    public = harbour.get("/api/organization")
    assert public.data["branding"] == {"name": "Harbour", "colour": "#0a5c36", "supportEmail": "help@harbour.org"}
    assert (public.data["timeZone"], public.data["languages"]) == ("Africa/Lagos", ["en", "fr"])
    assert public.cost.requests == 0
    assert harbour.get("/api/organization", if_none_match=public.headers["ETag"]).status == 304
    with context.working(context.RequestContext("harbour")):
        told = [event.action for event in find(AuditEvent, subject_id="harbour").items]
    assert told == ["organization.change"]


def test_what_the_operator_gives_is_not_taken(harbour: Client) -> None:
    head = harbour.as_("super_admin")
    assert head.put(PATH, {"tier": "enterprise"}).error.code == "TIER_BY_OPERATOR"
    refused = head.put(PATH, {"limits": {"uploads_gib": 900_000}})
    assert (refused.status, refused.error.fields) == (400, {"limits.uploads_gib"})
    assert head.put(PATH, {"limits": {"unheard_of": 1}}).status == 400


def test_a_suspended_organisation_refuses_everybody_within_ten_seconds(
    operator: Client, harbour: Client, clock: Clock
) -> None:
    callers = [harbour, *(harbour.as_(role) for role in ("student", "instructor", "admin", "super_admin"))]
    assert [caller.get("/api/organization").status for caller in callers] == [200] * 5
    assert callers[1].get("/api/auth/me").status == 200
    suspended = operator.post(f"{PATH}/suspend", {"reason": "unpaid bills"})
    assert suspended.data["state"] == "suspended"
    clock.advance(seconds=11)
    for caller in callers:
        assert caller.get("/api/organization").error.code == "ORGANIZATION_SUSPENDED"
    for caller in callers[1:]:
        assert caller.get("/api/auth/me").error.code == "ORGANIZATION_SUSPENDED"
    login = harbour.post("/api/auth/login", {"identifier": "head@harbour.org", "password": "correct horse battery"})
    assert login.error.code == "ORGANIZATION_SUSPENDED"
    assert operator.post(f"{PATH}/suspend", {"reason": "again"}).error.fields == {"ORGANIZATION_STATE"}
    assert operator.post(f"{PATH}/resume", {}).data["state"] == "active"
    clock.advance(seconds=11)
    assert callers[1].get("/api/auth/me").status == 200


def test_the_main_tenant_stays(operator: Client) -> None:
    refused = operator.post("/api/admin/organizations/main/suspend", {"reason": "by mistake"})
    assert refused.error.fields == {"MAIN_TENANT_STAYS"}


def test_roles_come_from_their_networks_alone(harbour: Client, clock: Clock) -> None:
    head = harbour.as_("admin")
    assert head.put(PATH, {"addresses": {"admin": ["198.51.100.0/24"]}}).error.fields == {"ADDRESS_LOCKS_OUT"}
    assert head.put(PATH, {"addresses": {"admin": ["203.0.113.0/24"], "student": ["2001:db8::/32"]}}).status == 200
    clock.advance(seconds=11)
    student = harbour.as_("student")
    assert student.get("/api/auth/me").error.code == "ADDRESS_NOT_ALLOWED"
    for address, status in (("2001:db8::7", 200), ("::ffff:203.0.113.7", 403), ("nowhere", 403)):
        student.address = address
        assert student.get("/api/auth/me").status == status
    assert head.get("/api/auth/me").status == 200
    assert harbour.as_("instructor").get("/api/auth/me").status == 200
    assert head.put(PATH, {"addresses": {"admin": ["not a network"]}}).status == 400


def test_a_tenant_without_an_organisation_shows_the_usual(client: Client) -> None:
    known.forget()
    assert client.get("/api/organization").data["branding"] == {}


def test_an_organisation_begins_with_a_course_to_look_at_on_wish(operator: Client) -> None:
    assert make(operator, demoContent=True).status == 201
    for _ in range(2):
        assert deliver(operator.cloud, "harbour", only="organizations") == 0
    harbour = Client(operator.cloud, "harbour")
    university = harbour.get("/api/universities").data[0]
    assert university["name"] == "Demonstration University"
    topic_id = next(item["topic_id"]["S"] for item in harbour.cloud.items("harbour") if item["kind"]["S"] == "topic")
    student = harbour.as_("student")
    exam = student.post("/api/exams/start", {"mode": "practice", "topicIds": [topic_id], "count": 5})
    assert (exam.status, len(exam.data["questions"])) == (201, 5)
    assert make(operator, "quay").status == 201
    assert deliver(operator.cloud, "quay", only="organizations") == 0
    assert Client(operator.cloud, "quay").get("/api/universities").data == []


def test_people_sign_in_by_the_ways_of_their_organisation(harbour: Client, clock: Clock) -> None:
    login = {"identifier": "ada@harbour.org", "password": "correct horse battery"}
    assert harbour.post("/api/auth/login", login).status == 401
    assert harbour.as_("admin").put(PATH, {"signInMethods": ["code"]}).status == 200
    clock.advance(seconds=11)
    assert harbour.post("/api/auth/login", login).error.code == "SIGN_IN_METHOD_OFF"
    by_code = {"identifier": "ada@harbour.org", "code": "000000"}
    assert harbour.post("/api/auth/login/otp", by_code).error.code != "SIGN_IN_METHOD_OFF"


def test_every_way_in_that_an_organisation_did_not_choose_is_closed(harbour: Client, clock: Clock) -> None:
    head = harbour.as_("admin")
    for ways in (["passkey"], ["launch"], ["saml"], ["social", "passkey"]):
        assert head.put(PATH, {"signInMethods": ways}).error.fields == {"SIGN_IN_LOCKS_OUT"}
    with context.working(context.RequestContext("harbour")):
        for name, protocol in (("school", "saml"), ("google", "oidc")):
            provider = IdentityProvider(provider=name, protocol=protocol, name=name, issuer=f"https://{name}.org")
            provider.endpoints = {"sso": f"https://{name}.org/sso", "authorization": f"https://{name}.org/authorize"}
            Unit().put(provider).commit()
    assert head.put(PATH, {"signInMethods": ["saml"]}).status == 200
    clock.advance(seconds=11)
    response = {"clientDataJSON": "e30", "authenticatorData": "e30", "signature": "e30", "userHandle": "e30"}
    passkey = {"credential": {"id": "e30", "rawId": "e30", "type": "public-key", "response": response}}
    closed = {
        "/api/auth/login": {"identifier": "ada@harbour.org", "password": "correct horse battery"},
        "/api/auth/login/otp": {"identifier": "ada@harbour.org", "code": "000000"},
        "/api/auth/login/launch": {"ticket": "t" * 43},
        "/api/auth/passkeys/login/verify": passkey,
    }
    codes = {path: harbour.post(path, body).error.code for path, body in closed.items()}
    assert codes == dict.fromkeys(closed, "SIGN_IN_METHOD_OFF")
    listed = harbour.get("/api/auth/social/providers").data["providers"]
    assert [each["provider"] for each in listed] == ["school"]
    assert harbour.get("/api/auth/social/google/start").error.code == "SIGN_IN_METHOD_OFF"
    assert harbour.get("/api/auth/social/school/start").status == 302
    provider = "/api/admin/identity-providers"
    assert head.delete(f"{provider}/school").error.fields == {"SIGN_IN_LOCKS_OUT"}
    assert head.delete(f"{provider}/google").status == 200
