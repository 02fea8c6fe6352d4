"""Rosters: classes become courses, people come into them and leave, from files and from another system alike."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import find
from lyceum.model.auth import LoginName
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.imports import RosterClass, RosterSource
from lyceum.model.users.account import User
from tests.imports.rosters import ROOT, TABLES, Provider, package, report_of, tables
from tests.support import workers
from tests.support.http import Client
from tests.support.samples import samples

from functions.imports.rosters import sources

PATH = "/api/admin/import/rosters"
SOURCE = {
    "label": "Records",
    "url": f"https://sis.school.org{ROOT}",
    "tokenUrl": "https://sis.school.org/token",
    "clientId": "lyceum",
    "clientSecret": "of-the-school",
}
Bring = Callable[..., list[tuple[str, str]]]
PACKAGES = sorted((samples("oneroster") / "csv_data").glob("*.zip"))


@pytest.fixture
def bring(client: Client) -> Bring:
    """Let an administrator import a package, and return kind and outcome of each row."""

    def go(told: dict[str, list[dict[str, str]]] = TABLES, **more: Any) -> list[tuple[str, str]]:
        body = {"format": "oneroster", "base64": base64.b64encode(package(told)).decode(), "dryRun": False, **more}
        begun = client.as_("admin").post("/api/admin/import/users", body).data
        return [(row["kind"], row["outcome"]) for row in report_of(client, begun)]

    return go


def user(name: str) -> User:
    (found,) = find(LoginName, index="gsi1", name=name).items
    return User.require(user_id=found.user_id)


def course(class_id: str = "c1") -> Course:
    return Course.require(course_id=RosterClass.require(sourced_id=class_id).course_id)


def is_in(name: str, class_id: str = "c1") -> bool:
    found = Enrolment.fetch(course_id=course(class_id).course_id, user_id=user(name).user_id)
    return found is not None and found.state == "active"


def test_classes_become_drafts_with_their_people(bring: Bring) -> None:
    assert bring() == [
        *[("person", "created")] * 3,
        *[("class", "created")] * 2,
        *[("enrolment", "enrolled")] * 2,
        ("enrolment", "teaches"),
    ]
    physics = course()
    assert (physics.title, physics.status, physics.instructor_id) == ("Physics", "draft", user("p1").user_id)
    assert physics.description == "Term 1: 2026-09-01 - 2026-12-18"
    assert is_in("u1") and is_in("u2")
    assert Seats.require(course_id=physics.course_id).taken == 2
    assert bring() == [*[("person", "unchanged")] * 3, *[("class", "unchanged")] * 2, *[("enrolment", "unchanged")] * 3]
    assert Seats.require(course_id=physics.course_id).taken == 2


def test_a_dry_run_tells_the_same_and_writes_nothing(bring: Bring) -> None:
    told = bring(dryRun=True)
    assert [outcome for kind, outcome in told if kind == "class"] == ["created"] * 2
    assert [outcome for kind, outcome in told if kind == "enrolment"] == ["enrolled"] * 3
    assert RosterClass.fetch(sourced_id="c1") is None


def test_who_is_taken_out_leaves_and_may_come_again(bring: Bring) -> None:
    bring()
    first, *others = TABLES["enrollments"]
    over = tables(enrollments=[{**first, "status": "tobedeleted"}, *({**each, "status": "active"} for each in others)])
    assert bring(over)[-3:] == [("enrolment", "left"), ("enrolment", "unchanged"), ("enrolment", "unchanged")]
    assert not is_in("u1") and Seats.require(course_id=course().course_id).taken == 1
    assert bring()[-3] == ("enrolment", "enrolled")
    past = tables(enrollments=[{**first, "endDate": "2020-01-01"}])
    assert bring(past)[-1] == ("enrolment", "left")


def test_whom_a_whole_roster_lacks_leaves_where_that_is_asked_for(bring: Bring, client: Client) -> None:
    bring()
    eve = client.as_("eve", "student")
    client.as_("admin").post(f"/api/courses/{course().course_id}/publish", {"isPublished": True})
    assert eve.post(f"/api/courses/{course().course_id}/enroll").status == 201
    fewer = tables(enrollments=TABLES["enrollments"][1:])
    bring(fewer)
    assert is_in("u1")
    delta = [*TABLES["manifest"], {"propertyName": "file.enrollments", "value": "delta"}]
    bring({**fewer, "manifest": delta}, suspendLeavers=True)
    assert is_in("u1")
    assert bring(fewer, suspendLeavers=True)[-1] == ("enrolment", "left")
    assert not is_in("u1") and is_in("u2")
    came_alone = Enrolment.require(course_id=course().course_id, user_id=eve.user_id)
    assert came_alone.state == "active", "nobody leaves whom the roster did not bring"


def test_a_title_is_followed_until_somebody_changes_it_here(bring: Bring, client: Client) -> None:
    bring()
    renamed = [{**TABLES["classes"][0], "title": "Physics II"}, TABLES["classes"][1]]
    assert ("class", "updated") in bring(tables(classes=renamed))
    assert course().title == "Physics II"
    at = Course.require(course_id=course().course_id)
    own = {"title": "Our physics", "category": "other", "difficulty": "beginner"}
    changed = client.as_("admin").put(f"/api/courses/{at.course_id}", own)
    assert changed.status == 200, changed.body
    bring(tables(classes=[{**renamed[0], "title": "Physics III"}]))
    assert course().title == "Our physics"


def test_what_names_nobody_is_told_by_row_and_the_rest_is_done(bring: Bring) -> None:
    odd = [
        {"sourcedId": "x1", "classSourcedId": "c9", "userSourcedId": "u1", "role": "student"},
        {"sourcedId": "x2", "classSourcedId": "c1", "userSourcedId": "u9", "role": "student"},
        {"sourcedId": "x3", "classSourcedId": "c1", "userSourcedId": "u1", "role": "administrator"},
        {"sourcedId": "x4", "classSourcedId": "c1", "userSourcedId": "u2", "role": "teacher"},
        *TABLES["enrollments"],
    ]
    told = [outcome for kind, outcome in bring(tables(enrollments=odd)) if kind == "enrolment"]
    assert told == ["wrong", "wrong", "not taken", "refused", "enrolled", "enrolled", "teaches"]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider(dict(TABLES))
    monkeypatch.setattr(sources, "client", lambda: made)
    monkeypatch.setattr(sources, "replace", lambda client, **_: client)
    return made


def sync(client: Client, source_id: str, **more: Any) -> list[tuple[str, str]]:
    begun = client.as_("admin").post(f"{PATH}/{source_id}/sync", {"dryRun": False, **more})
    assert begun.status == 202, begun.body
    return [(row["kind"], row["outcome"]) for row in report_of(client, begun.data)]


def added(client: Client) -> str:
    made = client.as_("admin").post(PATH, SOURCE)
    assert made.status == 201 and "clientSecret" not in made.data
    return str(made.data["sourceId"])


def test_another_system_brings_the_same_as_a_file(client: Client, bring: Bring, provider: Provider) -> None:
    source_id = added(client)
    assert sync(client, source_id, dryRun=True)[-1] == ("enrolment", "enrolled")
    assert RosterSource.require(source_id=source_id).synced_at is None
    assert sync(client, source_id)[-1] == ("enrolment", "teaches")
    assert is_in("u1") and course().instructor_id == user("p1").user_id
    assert {outcome for _, outcome in bring()} == {"unchanged"}
    assert provider.since == []
    provider.told = {**provider.told, "classes": [], "enrollments": [], "users": [], "orgs": []}
    assert sync(client, source_id, suspendLeavers=True) == []
    assert len(provider.since) == 6 and provider.since[0].startswith("dateLastModified>='20")
    assert user("u1").status == "active" and is_in("u1"), "what did not change is not gone"


def test_pages_are_fetched_to_the_end(client: Client, provider: Provider) -> None:
    people = [
        {"sourcedId": f"n{number:03d}", "role": "student", "username": f"pupil{number:03d}", "givenName": "P",
         "familyName": "Q"}
        for number in range(205)
    ]  # fmt: skip
    provider.told = tables(users=people, classes=[], enrollments=[])
    assert sync(client, added(client), dryRun=True) == [("person", "created")] * 205


def test_what_passes_is_tried_again_and_a_refusal_ends_the_job(client: Client, provider: Provider) -> None:
    source_id = added(client)
    provider.failures = [200, 503, 200, None]
    assert len(sync(client, source_id, dryRun=True)) == 8
    provider.failures = [401]
    begun = client.as_("admin").post(f"{PATH}/{source_id}/sync", {}).data
    workers.deliver(client.cloud, client.tenant, rounds=6, only="imports")
    job = client.as_("admin").get(f"/api/jobs/{begun['jobId']}").data
    assert (job["state"], job["error"]["message"]) == ("failed", "The source answers 401.")


def test_sources_are_an_administrators(client: Client, provider: Provider) -> None:
    admin, source_id = client.as_("admin"), added(client)
    assert admin.post(PATH, SOURCE).status == 409
    refused = admin.post(PATH, {**SOURCE, "url": "http://169.254.169.254/latest"})
    assert refused.error.fields >= {"SOURCE_ADDRESS_REFUSED"}
    assert [each["sourceId"] for each in admin.get(PATH).data["sources"]] == [source_id]
    assert client.as_("instructor").get(PATH).status == 403
    assert admin.delete(f"{PATH}/{source_id}").status == 200
    assert admin.post(f"{PATH}/{source_id}/sync", {}).status == 404


@pytest.mark.skipif(not PACKAGES, reason="packages of other makers are not at hand")
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.stem)
def test_packages_of_others_are_read(client: Client, path: Any) -> None:
    """Packages of moodle-enrol_oneroster, 1.1 and 1.2; what is done twice changes nothing."""
    body = {"format": "oneroster", "base64": base64.b64encode(path.read_bytes()).decode(), "dryRun": False}
    for _ in range(2):
        begun = client.as_("admin").post("/api/admin/import/users", body).data
        rows = report_of(client, begun)
        assert {row["kind"] for row in rows} >= {"person", "class"}
    assert not {"created", "enrolled", "teaches", "updated"} & {row["outcome"] for row in rows}
