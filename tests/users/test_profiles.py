"""Profiles: who sees what of whom, and how they are edited."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lyceum.rules.profiles import is_minor
from tests.support.clock import Clock
from tests.support.http import Client
from tests.users.conftest import People

ADULT = {"gradeLevel": "200 level", "school": "Ogun Valley University", "district": "Odeda", "birthDate": "2005-03-01"}
CHILD = ADULT | {"birthDate": "2012-03-01"}
HIDDEN = {
    "email",
    "wantedEmail",
    "preferences",
    "status",
    "tier",
    "version",
    "language",
    "timeZone",
    "suspensionReason",
    "purgeAt",
}


def seen(client: Client, reader: Client, name: str) -> Any:
    return reader.get(f"/api/users/{client.as_(name).user_id}").data


@pytest.fixture
def reader(client: Client) -> Client:
    return client.as_("reader", "mentor")


def test_oneself_others_and_admins_see_different_things_for_one_request(
    client: Client, people: People, reader: Client, clock: Clock
) -> None:
    people.change("student", profile=ADULT)
    path = f"/api/users/{client.as_('student').user_id}"
    for caller in (client.as_("student"), reader, client.as_("moderator"), client.as_("admin")):
        assert caller.get(path).cost.operations == ["GetItem"]
    own, other, admin = (
        client.as_("student").get(path).data,
        reader.get(path).data,
        client.as_("admin").get(path).data,
    )
    assert own["profile"] == admin["profile"] == ADULT and own["email"] == "student@example.com"
    assert not HIDDEN & set(other) and other["profile"] == {
        name: ADULT[name] for name in ("gradeLevel", "school", "district")
    }
    people.change("student", status="suspended", suspension_reason="spam")
    assert client.as_("admin").get(path).data["suspensionReason"] == "spam"
    assert client.as_("moderator").get(path).status == 404


@pytest.mark.parametrize(
    "profile",
    [CHILD, {name: value for name, value in CHILD.items() if name != "birthDate"}],
    ids=["child", "age unknown"],
)
def test_a_minors_school_birth_date_and_address_are_never_public(
    client: Client, people: People, reader: Client, clock: Clock, profile: dict[str, Any]
) -> None:
    people.change("student", profile=profile, preferences={"privacy": {"showSchool": True}})
    for other in (reader, client.as_("instructor"), client.as_("eve", "student")):
        body = other.get(f"/api/users/{client.as_('student').user_id}").body
        assert seen(client, other, "student")["profile"] == {}
        assert not [secret for secret in ("Ogun", "Odeda", "2012", "@example.com", "200 level") if secret in body]


def test_majority_comes_on_the_birthday(people: People, clock: Clock) -> None:
    user = people.change("student", profile={"birthDate": "2009-02-01"})
    clock.move_to(datetime(2027, 1, 31, 23, 59, tzinfo=UTC))
    assert is_minor(user)
    clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    assert not is_minor(user)


def test_privacy_decides_what_others_see(client: Client, people: People, reader: Client, clock: Clock) -> None:
    people.change("student", profile=ADULT, preferences={"privacy": {"showLastName": False, "showSchool": False}})
    shown = seen(client, reader, "student")
    assert "lastName" not in shown and shown["profile"] == {} and shown["firstName"] == "Student"
    people.change("mentor", profile={"background": "Engineer"}, preferences={"privacy": {"profile": "private"}})
    assert seen(client, reader, "mentor")["profile"] == {}
    people.change("student", preferences={"privacy": {"profile": "private"}})
    shown = seen(client, reader, "student")
    assert set(shown) == {"userId", "username", "role", "isVerified", "avatar", "profile", "createdAt"}
    assert shown["avatar"] == [] and shown["profile"] == {}


def test_another_tenants_user_is_unknown(client: Client) -> None:
    path = f"/api/users/{client.as_('student').user_id}"
    for role in ("student", "super_admin"):
        assert client.of("elsewhere").as_(role).get(path).status == 404


def test_each_role_edits_its_own_fields(client: Client) -> None:
    fields: dict[str, dict[str, Any]] = {
        "student": ADULT,
        "instructor": {
            "qualification": "PhD",
            "subjects": ["Algebra"],
            "experienceYears": 11,
            "institution": "Ogun Valley University",
        },
        "mentor": {"expertise": ["Study skills"], "availability": "Mondays", "background": "Engineer"},
    }
    for role, profile in fields.items():
        caller = client.as_(role)
        reply = caller.patch(f"/api/users/{caller.user_id}", {"firstName": "Ada", "profile": profile})
        assert (reply.data["firstName"], reply.data["profile"]) == ("Ada", profile)
        assert reply.cost.operations == ["GetItem", "PutItem"]


def test_null_removes_a_field_and_what_is_not_named_stays(client: Client, people: People) -> None:
    people.change("student", profile=ADULT)
    caller = client.as_("student")
    changed = caller.patch(f"/api/users/{caller.user_id}", {"profile": {"school": None, "district": "Ikeja"}}).data
    assert changed["profile"] == {"gradeLevel": "200 level", "district": "Ikeja", "birthDate": "2005-03-01"}
    assert people.events("user.renamed") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"profile": {"subjects": ["Algebra"]}}, "profile.subjects"),
        ({"profile": {"background": "x"}}, "profile.background"),
        ({"profile": {"rating": 5}}, "profile.rating"),
        ({"profile": {"birthDate": "2027-01-11"}}, "profile.birthDate"),
        ({"profile": {"birthDate": "1899-12-31"}}, "profile.birthDate"),
        ({"profile": {"school": "x" * 201}}, "profile.school"),
        ({"firstName": "a\nb"}, "firstName"),
        ({"role": "admin"}, "role"),
        ({"email": "x@example.com"}, "email"),
    ],
)
def test_what_is_not_a_students_is_refused_by_name(
    client: Client, clock: Clock, body: dict[str, Any], field: str
) -> None:
    caller = client.as_("student")
    refused = caller.patch(f"/api/users/{caller.user_id}", body)
    assert (refused.status, refused.error.code, refused.error.fields) == (400, "VALIDATION_ERROR", {field})


def test_scripts_do_not_survive_in_a_background(client: Client) -> None:
    mentor = client.as_("mentor")
    changed = mentor.patch(
        f"/api/users/{mentor.user_id}", {"profile": {"background": "I <b>teach</b><script>x()</script>"}}
    )
    assert changed.data["profile"]["background"] == "I <b>teach</b>"


def test_a_stale_version_is_refused(client: Client) -> None:
    caller = client.as_("student")
    path = f"/api/users/{caller.user_id}"
    etag = caller.get(path).headers["ETag"]
    assert caller.patch(path, {"firstName": "Ada"}, if_match=etag).status == 200
    assert caller.patch(path, {"firstName": "Eve"}, if_match=etag).status == 412


def test_an_admins_edit_of_another_is_audited_and_bound_by_rank(client: Client, people: People) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    shown = admin.patch(
        f"/api/users/{student.user_id}", {"lastName": "Bello", "profile": {"school": "Ikeja Grammar School"}}
    ).data
    assert shown["lastName"] == "Bello" and shown["status"] == "active"
    (act,) = people.acts()
    assert (act.action, act.subject_id, act.actor_id) == ("user.edit", student.user_id, admin.user_id)
    assert (act.before["lastName"], act.after["lastName"], act.after["profile"]) == (
        "Test",
        "Bello",
        {"school": "Ikeja Grammar School"},
    )
    assert admin.patch(f"/api/users/{client.as_('super_admin').user_id}", {"lastName": "Low"}).status == 403


def test_nobody_edits_another(client: Client) -> None:
    for role in ("student", "instructor", "moderator"):
        assert client.as_(role).patch(f"/api/users/{client.as_('mentor').user_id}", {"firstName": "X"}).status == 403


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Africa", "UTC/", "", "a" * 61])
def test_unknown_time_zones_are_refused(client: Client, zone: str) -> None:
    refused = client.as_("student").put("/api/profile/preferences", {"timeZone": zone})
    assert (refused.status, refused.error.fields) == (400, {"timeZone"})
