"""OneRoster: pages, filters and fields as the REST binding has them, and what is refused."""

from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.table import write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.support.http import Client, Reply

ROOT = "/ims/oneroster/rostering/v1p2"


@pytest.fixture
def reader(client: Client) -> Client:
    return client.as_("admin")


def read(reader: Client, collection: str, **query: Any) -> Reply:
    return reader.get(f"{ROOT}/{collection}", query)


def course_of(client: Client, title: str = "Algebra", status: str = "published") -> Course:
    """Store a course with one student in it."""
    teacher, pupil = client.as_("instructor"), client.as_("pupil", "student")
    course = Course(
        course_id=ids.new_id(), instructor_id=teacher.user_id, title=title, sort_title=title.lower(), status=status
    )
    seat = Enrolment(course_id=course.course_id, user_id=pupil.user_id, state="active", enrolled_at=clock.now())
    write_many([course, seat])
    return course


def test_people_come_in_pages_with_chosen_fields(client: Client, reader: Client) -> None:
    people = {client.as_(f"pupil{number}", "student").user_id for number in range(3)}
    first = read(reader, "users", limit=2, fields="sourcedId,familyName")
    assert set(first.json["users"][0]) <= {"sourcedId", "familyName"}
    assert 'rel="next"' in first.headers["Link"]
    rest = read(reader, "users", limit=2, offset=2, sort="familyName")
    told = {each["sourcedId"] for each in [*first.json["users"], *rest.json["users"]]}
    assert people <= told
    assert first.cost.requests <= 3  # one of them asks who calls
    students = read(reader, "users", filter="role='student'").json["users"]
    assert {each["sourcedId"] for each in students} == people
    assert students[0]["roles"][0]["role"] == "student"
    assert students[0]["enabledUser"] == "true"


def test_somebody_is_found_by_name_and_id(client: Client, reader: Client) -> None:
    pupil = client.as_("pupil", "student")
    by_id = read(reader, "users", filter=f"sourcedId='{pupil.user_id}' AND role='student'").json["users"]
    assert [each["sourcedId"] for each in by_id] == [pupil.user_id]
    assert read(reader, "users", filter=f"sourcedId='{pupil.user_id}' AND role='teacher'").json["users"] == []
    assert read(reader, f"users/{pupil.user_id}").json["user"]["sourcedId"] == pupil.user_id


def test_classes_and_who_is_in_them(client: Client, reader: Client) -> None:
    course = course_of(client)
    course_of(client, "Hidden", "draft")
    classes = read(reader, "classes").json["classes"]
    assert [(each["title"], each["school"]["sourcedId"]) for each in classes] == [("Algebra", client.tenant)]
    there = read(reader, "enrollments", filter=f"class.sourcedId='{course.course_id}'").json["enrollments"]
    assert [(each["role"], each["primary"]) for each in there] == [("teacher", "true"), ("student", "false")]
    own = read(reader, "enrollments", filter=f"user.sourcedId='{client.as_('pupil').user_id}'").json["enrollments"]
    assert course.course_id in {each["class"]["sourcedId"] for each in own}
    assert read(reader, f"classes/{course.course_id}").json["class"]["title"] == "Algebra"


def test_the_organisation_and_its_year(client: Client, reader: Client) -> None:
    assert read(reader, "orgs").json["orgs"][0]["type"] == "school"
    assert read(reader, f"orgs/{client.tenant}").json["org"]["sourcedId"] == client.tenant
    assert read(reader, "academicSessions").json["academicSessions"][0]["type"] == "schoolYear"


@pytest.mark.parametrize(
    ("collection", "query", "minor"),
    [
        ("users", {"filter": "birthDate='2010-01-01'"}, "invalid_filter_field"),
        ("users", {"filter": "role>'student'"}, "invalid_filter_field"),
        ("users", {"sort": "birthDate"}, "invalid_sort_field"),
        ("users", {"fields": "password"}, "invalid_selection_field"),
        ("enrollments", {}, "invalid_filter_field"),
        ("users", {"limit": "0"}, "invaliddata"),
        ("classes/00000000000000000000000000", {}, "unknownobject"),
    ],
)
def test_refusals_are_in_the_standards_form(reader: Client, collection: str, query: dict[str, Any], minor: str) -> None:
    reply = read(reader, collection, **query)
    assert reply.status in {400, 404}
    field = reply.json["imsx_CodeMinor"]["imsx_codeMinorField"][0]
    assert (reply.json["imsx_codeMajor"], field["imsx_codeMinorFieldValue"]) == ("failure", minor)


def test_rosters_are_for_readers_of_the_same_tenant(client: Client) -> None:
    pupil = client.as_("pupil", "student")
    assert read(pupil, "users").status == 403
    assert read(client, "users").status == 401
    other = client.of("elsewhere").as_("admin")
    assert read(other, f"users/{pupil.user_id}").status == 404
    assert read(other, f"orgs/{client.tenant}").status == 404
