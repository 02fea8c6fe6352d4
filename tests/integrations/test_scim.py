"""SCIM: the requests of Okta and Entra, and people who leave."""

from typing import Any

import pytest

from lyceum.kit.table import find_all
from lyceum.model.audit import AuditEvent
from lyceum.model.users.account import User
from tests.support.clock import Clock
from tests.support.http import Client, Reply

OKTA_USER = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ada.obi@school.org",
    "name": {"givenName": "Ada", "familyName": "Obi"},
    "emails": [{"primary": True, "value": "ada.obi@school.org", "type": "work"}],
    "displayName": "Ada Obi",
    "locale": "en-US",
    "externalId": "00u1abcd",
    "groups": [],
    "password": "not taken over",
    "active": True,
}
ENTRA_USER: dict[str, Any] = {
    "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    "externalId": "0a21f0f2",
    "userName": "Bola_T@school.org",
    "active": True,
    "emails": [{"primary": True, "type": "work", "value": "bola@mail.school.org"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Bola Tinu", "familyName": "Tinu", "givenName": "Bola"},
    "roles": [],
}
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def provider(client: Client) -> Client:
    return client.as_("admin")


def send(provider: Client, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Reply:
    return provider.send(method, f"/scim/v2{path}", body, query, {"content-type": "application/scim+json"})


def patch(provider: Client, path: str, *operations: dict[str, Any]) -> Reply:
    return send(provider, "PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


def made(provider: Client, user: dict[str, Any] = OKTA_USER) -> dict[str, Any]:
    reply = send(provider, "POST", "/Users", user)
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.json
    return found


def test_okta_looks_for_somebody_makes_them_and_changes_them(provider: Client) -> None:
    by_name = {"filter": 'userName eq "ada.obi@school.org"', "startIndex": 1, "count": 100}
    assert send(provider, "GET", "/Users", query=by_name).json["totalResults"] == 0
    user = made(provider)
    assert (user["userName"], user["externalId"], user["active"]) == ("ada.obi@school.org", "00u1abcd", True)
    assert user["meta"]["location"].endswith(f"/scim/v2/Users/{user['id']}")
    found = send(provider, "GET", "/Users", query=by_name)
    assert [each["id"] for each in found.json["Resources"]] == [user["id"]]
    assert found.headers["Content-Type"] == "application/scim+json"
    assert found.cost.requests <= 3  # one of them asks who calls
    changed = {**OKTA_USER, "name": {"givenName": "Adaeze", "familyName": "Obi"}}
    assert send(provider, "PUT", f"/Users/{user['id']}", changed).json["name"]["givenName"] == "Adaeze"
    again = send(provider, "POST", "/Users", OKTA_USER)
    assert (again.status, again.json["scimType"]) == (409, "uniqueness")


def test_entra_writes_false_as_a_word_and_paths_with_filters(provider: Client) -> None:
    user = made(provider, ENTRA_USER)
    path = f"/Users/{user['id']}"
    assert user["emails"][0]["value"] == "bola@mail.school.org"
    reply = patch(
        provider,
        path,
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "bola.t@school.org"},
        {"op": "Add", "path": "name.familyName", "value": "Tinubu"},
        {
            "op": "Add",
            "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "value": "Maths",
        },
        {"op": "Replace", "path": "userType", "value": "Teacher"},
    )
    assert reply.status == 200, reply.body
    assert (reply.json["emails"][0]["value"], reply.json["name"]["familyName"]) == ("bola.t@school.org", "Tinubu")
    assert reply.json["userType"] == "instructor"
    off = patch(provider, path, {"op": "Replace", "path": "active", "value": "False"})
    assert off.json["active"] is False
    found = send(provider, "GET", "/Users", query={"filter": 'userName eq "bola_t@school.org" and active eq false'})
    assert found.json["totalResults"] == 1


def test_who_leaves_is_out_within_ten_seconds_and_may_come_back(client: Client, provider: Client, clock: Clock) -> None:
    leaver = client.as_("leaver", "student")
    path = f"/Users/{leaver.user_id}"
    assert leaver.get("/api/auth/me").status == 200
    gone = patch(provider, path, {"op": "replace", "value": {"active": False}})
    assert gone.json["active"] is False
    clock.advance(seconds=10)
    assert leaver.get("/api/auth/me").status == 401
    assert User.require(user_id=leaver.user_id).status == "suspended"
    assert patch(provider, path, {"op": "replace", "value": {"active": True}}).json["active"] is True
    assert [act.action for act in find_all(AuditEvent, subject_id=leaver.user_id)] == ["directory.change"] * 2


def test_who_is_deleted_is_suspended_and_taken_up_again(provider: Client) -> None:
    user = made(provider)
    gone = send(provider, "DELETE", f"/Users/{user['id']}")
    assert (gone.status, gone.body) == (204, "")
    assert send(provider, "GET", f"/Users/{user['id']}").status == 404
    assert User.require(user_id=user["id"]).status == "suspended"
    back = made(provider)
    assert (back["id"], back["active"]) == (user["id"], True)


def test_a_suspension_by_an_administrator_is_not_lifted(client: Client, provider: Client) -> None:
    pupil = client.as_("pupil", "student")
    client.as_("other", "admin").post(f"/api/users/{pupil.user_id}/suspend", {"reason": "Threats."})
    assert patch(provider, f"/Users/{pupil.user_id}", {"op": "replace", "value": {"active": True}}).status == 200
    assert User.require(user_id=pupil.user_id).status == "suspended"


def test_nobody_above_nor_the_caller_is_touched(client: Client, provider: Client) -> None:
    above = client.as_("owner", "super_admin")
    for user_id in (above.user_id, provider.user_id):
        assert patch(provider, f"/Users/{user_id}", {"op": "replace", "value": {"active": False}}).status == 403
        assert send(provider, "DELETE", f"/Users/{user_id}").status == 403


def test_strangers_and_students_get_errors_in_the_standards_form(client: Client) -> None:
    reply = send(client, "GET", "/Users")
    assert (reply.status, reply.json["schemas"]) == (401, ["urn:ietf:params:scim:api:messages:2.0:Error"])
    assert send(client.as_("student"), "GET", "/Users").json["status"] == "403"
    assert send(client, "GET", "/ServiceProviderConfig").json["patch"] == {"supported": True}
    assert [each["id"] for each in send(client, "GET", "/ResourceTypes").json["Resources"]] == ["User", "Group"]
    assert send(client, "GET", "/Schemas").json["totalResults"] == 2


def test_people_of_other_tenants_are_not_there(client: Client, provider: Client) -> None:
    user = made(provider)
    other = client.of("elsewhere").as_("admin")
    assert send(other, "GET", f"/Users/{user['id']}").status == 404
    assert patch(other, f"/Users/{user['id']}", {"op": "replace", "value": {"active": False}}).status == 404


def test_pages_and_chosen_attributes(provider: Client) -> None:
    names = {made(provider, {"userName": f"pupil{number}@school.org"})["userName"] for number in range(5)}
    first = send(provider, "GET", "/Users", query={"count": 3, "attributes": "userName"}).json
    assert set(first["Resources"][0]) == {"schemas", "id", "userName"}
    rest = send(provider, "GET", "/Users", query={"count": 3, "attributes": "userName", "cursor": first["nextCursor"]})
    told = {each["userName"] for each in [*first["Resources"], *rest.json["Resources"]]}
    assert names <= told
    second = send(provider, "GET", "/Users", query={"count": 3, "startIndex": 4, "attributes": "userName"}).json
    assert second["Resources"] == rest.json["Resources"]
    far = send(provider, "GET", "/Users", query={"startIndex": 100_000})
    assert (far.status, far.json["scimType"]) == (400, "tooMany")


def test_groups_lose_no_members_that_nobody_named(provider: Client) -> None:
    people = [made(provider, {"userName": f"pupil{number}@school.org"})["id"] for number in range(3)]
    group = send(provider, "POST", "/Groups", {"displayName": "Year 7", "externalId": "g7"}).json
    path = f"/Groups/{group['id']}"
    added = patch(provider, path, {"op": "Add", "path": "members", "value": [{"value": each} for each in people]})
    assert sorted(each["value"] for each in added.json["members"]) == sorted(people)
    entra = patch(provider, path, {"op": "Remove", "path": "members", "value": [{"value": people[0]}]})
    okta = patch(provider, path, {"op": "remove", "path": f'members[value eq "{people[1]}"]'})
    assert (len(entra.json["members"]), len(okta.json["members"])) == (2, 1)
    emptied = patch(provider, path, {"op": "Remove", "path": "members"})
    assert (emptied.status, emptied.json["scimType"]) == (400, "noTarget")
    nobody = patch(provider, path, {"op": "add", "path": "members", "value": [{"value": "0" * 26}]})
    assert nobody.status == 404
    found = send(provider, "GET", "/Groups", query={"filter": 'displayName eq "year 7"'}).json
    assert [each["id"] for each in found["Resources"]] == [group["id"]]
    assert "members" not in send(provider, "GET", path, query={"excludedAttributes": "members"}).json
    assert send(provider, "POST", "/Groups", {"displayName": "Year 7"}).status == 409
    renamed = send(provider, "PUT", path, {"displayName": "Year 8", "members": []}).json
    assert (renamed["displayName"], renamed["members"]) == ("Year 8", [])
    assert send(provider, "DELETE", path).status == 204
    assert send(provider, "GET", path).status == 404
