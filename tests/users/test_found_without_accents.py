"""People are found by names that somebody types without accents, and with them."""

import pytest

from tests.support.http import Client
from tests.support.workers import deliver


@pytest.mark.parametrize(
    ("first", "last", "typed"),
    [
        ("Ọlábísí", "Adébáyọ̀", ("olabisi", "Ọlábísí", "adebayo ol", "ADÉBÁYỌ̀")),
        ("Ƙamala", "Ɗanladi", ("kamala", "danladi", "Ɗanladi")),
        ("José", "Muñoz", ("jose", "munoz", "muñoz j")),
        ("Søren", "Łukasz", ("soren", "lukasz")),
    ],
)
def test_a_name_is_found_however_its_accents_are_typed(
    client: Client, first: str, last: str, typed: tuple[str, ...]
) -> None:
    student, admin = client.as_("student"), client.as_("admin")
    assert student.put("/api/profile/update", {"firstName": first, "lastName": last}).status == 200
    deliver(client.cloud, client.tenant)
    for query in typed:
        found = admin.get("/api/users", {"query": query}).data
        assert [row["userId"] for row in found] == [student.user_id], query


def test_courses_are_found_without_accents_too(client: Client) -> None:
    client.as_("instructor").post("/api/courses", {"title": "Économie générale", "isPublished": True})
    assert [row["title"] for row in client.get("/api/courses", {"search": "economie gen"}).data] == [
        "Économie générale"
    ]


def test_a_profile_tells_its_owner_and_admins_of_courses_and_ratings(client: Client) -> None:
    teacher, ada = client.as_("instructor"), client.as_("ada", "student")
    course_id = teacher.post("/api/courses", {"title": "Bread", "isPublished": True}).data["courseId"]
    ada.post(f"/api/courses/{course_id}/enroll")
    ada.post(f"/api/courses/{course_id}/ratings", {"stars": 4})
    path = f"/api/users/{ada.user_id}/profile"
    for reader in (ada, client.as_("admin")):
        (place,) = reader.get(path).data["enrolments"]
        assert (place["title"], place["state"], place["rating"]["stars"]) == ("Bread", "active", 4)
    shown = teacher.get(path).data
    assert "enrolments" not in shown
    assert shown["courseStatistics"] == {
        "coursesActive": 1,
        "coursesCompleted": 0,
        "lessonsCompleted": 0,
        "timeSpentSeconds": 0,
        "ratingsGiven": 1,
    }
