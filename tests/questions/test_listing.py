"""Lists of questions: filters together, orders, pages, and what each costs."""

from typing import Any

import pytest

from tests.questions.conftest import Bank, Finish
from tests.rules.questions.samples import OPTIONS
from tests.support.clock import Clock
from tests.support.http import Client

DIFFICULTIES = ("easy", "medium", "hard")


@pytest.fixture
def filled(bank: Bank) -> list[str]:
    """Twelve questions that differ in difficulty, year, marks, tag and subject."""
    return bank.fill(
        12,
        difficulty=lambda number: DIFFICULTIES[number % 3],
        year=lambda number: 2020 + number % 4,
        marks=lambda number: 1 + number // 6,
        tags=lambda number: ["odd"] if number % 2 else ["even", "all"],
        subject=lambda number: "Physics" if number < 4 else "Chemistry",
        examBody="WAEC",
    )


def numbers(client: Client, names: list[str], **query: Any) -> list[int]:
    return [names.index(each["questionId"]) for each in client.get("/api/questions", query).data]


def test_every_filter_leaves_what_matches(client: Client, bank: Bank, filled: list[str], clock: Clock) -> None:
    topic = client.get(f"/api/topics/{bank.topic_id}").data
    author = client.as_("instructor").user_id
    scopes: list[dict[str, Any]] = [
        {"topicId": bank.topic_id},
        {"courseId": topic["courseId"]},
        {"departmentId": topic["departmentId"]},
        {"authorId": author},
        {"examBody": "WAEC"},
        {},
    ]
    for scope in scopes:
        assert numbers(client, filled, **scope, limit=100) == list(range(12))
        assert numbers(client, filled, **scope, difficulty="hard", tag="odd", level=100) == [5, 11]
        assert numbers(client, filled, **scope, year=2021, type="single", sort="-createdAt") == [9, 5, 1]
        assert numbers(client, filled, **scope, type="numeric") == []
        assert client.get("/api/questions", {**scope, "difficulty": "hard"}).cost.operations == ["Query"]
    assert numbers(client, filled, subject="  PHYSICS") == [0, 1, 2, 3]
    assert numbers(client, filled, subject="physics", topicId=bank.topic_id) == []
    assert numbers(client, filled, subject="Physics", topicId=bank.topic_id) == [0, 1, 2, 3]
    assert numbers(client, filled, level=200) == []


def test_questions_are_found_by_the_time_they_were_made(client: Client, bank: Bank, clock: Clock) -> None:
    names = []
    for _ in range(3):
        names += bank.fill(1)
        clock.advance(hours=1)
    query = {"createdFrom": "2027-01-11T09:30:00Z", "createdTo": "2027-01-11T10:30:00Z"}
    assert numbers(client, names, **query) == [1]


def test_several_fields_sort_a_list_as_a_whole_page_by_page(client: Client, bank: Bank, filled: list[str]) -> None:
    query = {"topicId": bank.topic_id, "sort": "-difficulty,year,-createdAt", "limit": 5}
    pages: list[int] = []
    reply = client.get("/api/questions", query)
    while True:
        assert reply.cost.operations == ["Query"]
        pages += [filled.index(each["questionId"]) for each in reply.data]
        if not reply.pagination["hasNext"]:
            break
        reply = client.get("/api/questions", {**query, "cursor": reply.pagination["nextCursor"]})
    assert pages == sorted(range(12), key=lambda number: (-(number % 3), number % 4, -number))
    assert numbers(client, filled, sort="-marks,createdAt")[:6] == list(range(6, 12))


def test_an_order_that_no_key_serves_is_refused_for_a_long_list(
    client: Client, bank: Bank, filled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.questions.listing._MOST_SORTED", 11)
    refused = client.get("/api/questions", {"sort": "year"})
    assert (refused.status, refused.error.fields) == (422, {"SORT_TOO_WIDE"})
    assert len(client.get("/api/questions", {"sort": "-createdAt"}).data) == 12


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "stem"},
        {"sort": "year,"},
        {"level": 0},
        {"type": "essay"},
        {"topicId": "x"},
        {"colour": "red"},
        {"cursor": "zzz"},
        {"createdFrom": "2027-01-11T09:00:00"},
    ],
)
def test_what_no_list_knows_is_refused(client: Client, query: dict[str, Any]) -> None:
    assert client.get("/api/questions", query).status == 400


def test_a_cursor_opens_only_the_list_that_it_came_from(client: Client, bank: Bank, filled: list[str]) -> None:
    cursor = client.get("/api/questions", {"sort": "year", "limit": 5}).pagination["nextCursor"]
    assert client.get("/api/questions", {"sort": "-year", "limit": 5, "cursor": cursor}).status == 400


def test_solved_questions_are_told_from_the_others(
    client: Client, bank: Bank, filled: list[str], finish: Finish
) -> None:
    finish({filled[2]: "right", filled[5]: "right", filled[7]: "wrong", filled[8]: "partial", filled[9]: "blank"})
    student = client.as_("student")
    for scope in ({"topicId": bank.topic_id}, {}):
        solved, rest = (
            student.get("/api/questions", {**scope, "solved": value, "limit": 100}) for value in ("true", "false")
        )
        assert [filled.index(each["questionId"]) for each in solved.data] == [2, 5]
        assert [filled.index(each["questionId"]) for each in rest.data] == [
            number for number in range(12) if number not in {2, 5}
        ]
        assert max(solved.cost.requests, rest.cost.requests) == 2
    hard = student.get("/api/questions", {"solved": "true", "difficulty": "hard", "sort": "-createdAt"})
    assert len(hard.data) == 2
    assert client.as_("eve", "student").get("/api/questions", {"solved": "true"}).data == []
    assert client.get("/api/questions", {"solved": "true"}).status == 401
    refused = student.get("/api/questions", {"solved": "true", "sort": "year"})
    assert (refused.status, refused.error.fields) == (422, {"SORT_WITH_SOLVED"})


def test_only_moderators_and_authors_list_what_is_not_approved(client: Client, bank: Bank) -> None:
    name = bank.write()["questionId"]
    assert client.get("/api/questions", {"status": "pending"}).status == 403
    assert client.as_("student").get("/api/questions", {"status": "retired"}).status == 403
    for reader, query in (
        (client.as_("moderator"), {}),
        (client.as_("instructor"), {"authorId": client.as_("instructor").user_id}),
    ):
        listed = reader.get("/api/questions", {"status": "pending", **query})
        assert [each["questionId"] for each in listed.data] == [name]
        assert "correctOptionIds" not in listed.body


def test_a_listed_question_carries_the_version_that_an_edit_expects(client: Client, bank: Bank) -> None:
    name = bank.approved(options=OPTIONS)["questionId"]
    for query in ({}, {"topicId": bank.topic_id}):
        (row,) = client.get("/api/questions", query).data
        assert row == client.get(f"/api/questions/{name}").data
