"""How a minor does is told in their school and to their guardians, and to nobody else."""

import pytest

from lyceum.rules import guardians
from tests.support.clock import Clock
from tests.support.http import Client
from tests.users.conftest import People

CHILD = {"birthDate": "2013-05-01", "school": "Harbour School"}


def is_told(client: Client, child_id: str) -> bool:
    return "statistics" in client.get(f"/api/users/{child_id}/profile").data


def learns(client: Client, child_id: str) -> bool:
    """Say whether somebody is told how a child learns, too."""
    return "weaknesses" in client.get(f"/api/users/{child_id}/profile").data.get("statistics", {})


@pytest.fixture
def child(client: Client, clock: Clock, people: People) -> Client:
    pupil = client.as_("student")
    people.change("student", profile=CHILD)
    return pupil


@pytest.mark.parametrize(
    ("role", "profile", "told"),
    [
        ("student", {"school": " harbour  school"}, True),
        ("student", {"school": "Quay School"}, False),
        ("student", {}, False),
        ("instructor", {"institution": "Harbour School"}, True),
        ("instructor", {"institution": "Quay School"}, False),
    ],
)
def test_of_a_minor_the_school_is_told(
    client: Client, child: Client, people: People, role: str, profile: dict[str, str], told: bool
) -> None:
    other = client.as_("eve", role)
    people.change("eve", profile=profile)
    assert is_told(other, child.user_id) is told
    assert is_told(child, child.user_id) and is_told(client.as_("admin"), child.user_id)
    assert not learns(other, child.user_id) and learns(child, child.user_id)


def test_an_adult_is_as_open_as_they_say(client: Client, child: Client, people: People) -> None:
    people.change("student", profile=CHILD | {"birthDate": "2001-05-01"})
    assert is_told(client.as_("eve", "student"), child.user_id)


def test_a_guardian_is_told_whatever_the_child_shows(client: Client, child: Client, people: People) -> None:
    people.change("student", preferences={"privacy": {"showStatistics": False}})
    mother = client.as_("mum", "student")
    assert not is_told(mother, child.user_id)
    child.post(f"/api/users/{child.user_id}/guardians", {"email": "m@example.org", "relation": "mother"})
    (link,) = guardians.of_child(child.user_id)
    mother.post("/api/users/guardians", {"invitation": guardians.token_of(link)})
    assert is_told(mother, child.user_id) and learns(mother, child.user_id)
