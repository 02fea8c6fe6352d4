"""Seats in parts: of courses that very many may enter, exact to the last seat."""

from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

import pytest

from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.courses.enrolments import Enrolment, Seats
from tests.courses.conftest import COURSE, School, taken, together, who
from tests.support.http import Client
from tests.support.workers import deliver

from functions.courses.enrolments import seats
from functions.courses.enrolments.enrolment import enrol


@pytest.fixture
def crowd(client: Client) -> list[Client]:
    return [client.as_(f"s{number}", "student") for number in range(9)]


def test_who_enters_an_open_course_takes_a_seat_of_a_part_of_their_own(school: School, crowd: list[Client]) -> None:
    course_id = school.course()
    assert together(*(partial(enrol, who(student), course_id) for student in crowd)) == ["done"] * 9
    used = {int(each.part) for each in seats.read_parts(course_id)}
    assert used == {seats.own_part(student.user_id) for student in crowd}
    assert (taken(course_id), int(Seats.require(course_id=course_id).taken)) == (9, 0)


@pytest.mark.parametrize("capacity", [4, 7])
def test_the_last_seat_of_a_large_course_is_found_and_none_beyond_it(
    school: School, crowd: list[Client], capacity: int
) -> None:
    with patch.object(seats, "SPREAD_FROM", 1):
        course_id = school.course(capacity=capacity)
        came = together(*(partial(enrol, who(student), course_id) for student in crowd))
        entered = sum(student.post(f"/api/courses/{course_id}/enroll").status == 201 for student in crowd)
        assert came.count("done") + entered == capacity == taken(course_id)
        assert len(seats.read_parts(course_id)) == seats.PARTS
        inside = [each for each in crowd if Enrolment.fetch(course_id=course_id, user_id=each.user_id)]
        outside = next(each for each in crowd if each not in inside)
        assert outside.post(f"/api/courses/{course_id}/enroll").error.code == "COURSE_FULL"
        assert inside[0].delete(f"/api/courses/{course_id}/enroll").status == 200
        assert outside.post(f"/api/courses/{course_id}/enroll").status == 201
        assert taken(course_id) == capacity


@pytest.mark.parametrize("path", [(None, 3, None), (3, None, 9), (9, 3, 9)])
def test_a_capacity_may_change_between_parts_and_one_item_with_people_inside(
    school: School, crowd: list[Client], path: tuple[int | None, ...]
) -> None:
    with patch.object(seats, "SPREAD_FROM", 9):
        course_id = school.course(capacity=path[0])
        for number, capacity in enumerate(path):
            if number:
                changed = school.teacher.put(f"/api/courses/{course_id}", {**COURSE, "capacity": capacity})
                assert changed.status == 200
            assert crowd[number].post(f"/api/courses/{course_id}/enroll").status == 201
            assert taken(course_id) == number + 1
        refused = school.teacher.put(f"/api/courses/{course_id}", {**COURSE, "capacity": 2})
        assert refused.error.fields == {"CAPACITY_TOO_SMALL"}
        for student in crowd[:3]:
            assert student.delete(f"/api/courses/{course_id}/enroll").status == 200
        assert taken(course_id) == 0


def test_closing_a_course_closes_all_its_parts(school: School, crowd: list[Client]) -> None:
    course_id = school.course()
    assert crowd[0].post(f"/api/courses/{course_id}/enroll").status == 201
    for is_published, state in ((False, "closed"), (True, "open")):
        school.teacher.post(f"/api/courses/{course_id}/publish", {"isPublished": is_published})
        assert {each.state for each in seats.read_parts(course_id)} == {state}
    school.teacher.post(f"/api/courses/{course_id}/publish", {"isPublished": False})
    assert crowd[0].delete(f"/api/courses/{course_id}/enroll").status == 200
    assert {each.state for each in seats.read_parts(course_id)} == {"closed"}, "who leaves opens nothing"


def test_who_read_an_open_course_gets_no_seat_once_it_was_closed(school: School, crowd: list[Client]) -> None:
    course_id = school.course()
    read = Seats.require(course_id=course_id)
    school.teacher.post(f"/api/courses/{course_id}/publish", {"isPublished": False})
    with patch("functions.courses.enrolments.enrolment.batch_fetch") as fetched:
        fetched.side_effect = partial(_as_it_was, read)
        with patch("functions.courses.enrolments.enrolment.course_access.visible", side_effect=lambda _caller, it: it):
            assert together(partial(enrol, who(crowd[1]), course_id)) == ["NOT_FOUND"]
    assert taken(course_id) == 0


def _as_it_was(read: Seats, names: Sequence[Entity], *, consistent: bool) -> list[Entity | None]:
    found = batch_fetch(names, consistent=consistent)
    return [read if isinstance(name, Seats) else item for name, item in zip(names, found, strict=True)]


def test_a_removed_course_leaves_no_parts(client: Client, tenant: str, school: School, crowd: list[Client]) -> None:
    course_id = school.course()
    assert crowd[0].post(f"/api/courses/{course_id}/enroll").status == 201
    assert len(seats.read_parts(course_id)) == 1
    school.teacher.delete(f"/api/courses/{course_id}")
    deliver(client.cloud, tenant)
    assert (seats.read_parts(course_id), Seats.fetch(course_id=course_id)) == ([], None)
