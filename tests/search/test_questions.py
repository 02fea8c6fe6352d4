"""The question search: filters joined by AND, OR and NOT, orders of several keys, counted values, one's own answers."""

from typing import Any

import pytest

from lyceum.kit.table import Unit, write_many
from lyceum.model.questions.statistics import QuestionStatistics, SolvedQuestions
from tests.search.conftest import Feed, Library
from tests.support.clock import Clock
from tests.support.http import Client

PATH = "/api/search/questions"


@pytest.fixture
def bank(library: Library, follow: Feed, clock: Clock) -> dict[str, str]:
    """Six questions, a day apart, by their first word."""
    topic_id = library.topic()
    rows: list[dict[str, Any]] = [
        {"stem": "Alpha decay of radium", "subject": "Physics", "year": 2015, "difficulty": "easy", "tags": ["decay"]},
        {"stem": "Beta decay of carbon", "subject": "Physics", "year": 2017, "difficulty": "hard", "tags": ["decay"]},
        {"stem": "Gamma rays", "subject": "Physics", "year": 2020, "difficulty": "hard", "examBody": "WAEC"},
        {"stem": "Delta of the Niger", "subject": "Geography", "year": 2015, "difficulty": "medium"},
        {"stem": "Epsilon and limits", "subject": "Further Mathematics", "difficulty": "easy"},
        {"stem": "Zeta function", "subject": "Further Mathematics", "year": 2021, "difficulty": "hard"},
    ]  # fmt: skip
    made = {}
    for row in rows:
        made[row["stem"].split()[0]] = library.question(topic_id, **row)
        clock.advance(days=1)
    follow()
    return made


def first_words(client: Client, **query: Any) -> list[str]:
    reply = client.get(PATH, query)
    assert reply.status == 200, reply.body
    return [each["title"].split()[0] for each in reply.data["items"]]


@pytest.mark.usefixtures("bank")
def test_filters_are_joined_as_the_language_says(client: Client) -> None:
    for text, wanted in {
        "subject:physics": {"Alpha", "Beta", "Gamma"},
        "subject:PHYSICS difficulty:hard": {"Beta", "Gamma"},
        "subject:Physics AND NOT difficulty:hard": {"Alpha"},
        "subject:Physics -difficulty:hard": {"Alpha"},
        "NOT subject:Physics": {"Delta", "Epsilon", "Zeta"},
        "year:2015..2017": {"Alpha", "Beta", "Delta"},
        "year>2017": {"Gamma", "Zeta"},
        "year:..2015 AND subject:Physics": {"Alpha"},
        "year:2021": {"Zeta"},
        "year:* AND NOT year:2015": {"Beta", "Gamma", "Zeta"},
        'subject:"Further Mathematics" OR tag:decay': {"Alpha", "Beta", "Epsilon", "Zeta"},
        "difficulty:(easy medium) AND (year:2015 OR examBody:waec)": {"Alpha", "Delta"},
        "examBody:WAEC or (subject:geography and year>=2015)": {"Gamma", "Delta"},
        "createdAt:2027-01-12": {"Beta"},
        "createdAt:2027-01-12..2027-01-13": {"Beta", "Gamma"},
        'createdAt>="2027-01-15T00:00:00Z"': {"Epsilon", "Zeta"},
        "marks>1": set(),
        "attempts:0": {"Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"},
    }.items():
        assert set(first_words(client, filter=text)) == wanted, text


def test_words_narrow_what_the_filter_lets_through(client: Client, bank: dict[str, str]) -> None:
    assert first_words(client, q="decay", filter="year:2017") == ["Beta"]
    assert first_words(client, q="dekay", filter="year:2017") == ["Beta"]
    assert first_words(client) == ["Zeta", "Epsilon", "Delta", "Gamma", "Beta", "Alpha"], "the newest first"
    facets = client.get(PATH, {"q": "decay"}).data["facets"]
    assert facets["difficulty"] == [{"value": "easy", "count": 1}, {"value": "hard", "count": 1}]
    assert facets["tags"] == [{"value": "decay", "count": 2}]
    topic = facets["topicId"][0]["value"]
    assert set(first_words(client, filter=f"topicId:{topic}", limit=100)) == set(bank)


@pytest.mark.usefixtures("bank")
def test_several_keys_of_order_decide_one_after_the_other(client: Client) -> None:
    assert first_words(client, sort="year,-createdAt") == ["Delta", "Alpha", "Beta", "Gamma", "Zeta", "Epsilon"]
    assert first_words(client, sort="-year,createdAt") == ["Zeta", "Gamma", "Beta", "Alpha", "Delta", "Epsilon"]
    assert first_words(client, sort="createdAt")[0] == "Alpha"
    assert first_words(client, sort="-year,createdAt", limit=2, page=2) == ["Beta", "Alpha"]
    for wrong in ("stem", "year,marks,level,createdAt"):
        assert client.get(PATH, {"sort": wrong}).error.fields == {"sort"}


@pytest.mark.usefixtures("bank")
def test_an_error_in_a_filter_points_to_the_place(client: Client) -> None:
    for text, place in {
        "subject:": 9,
        "colour:red": 1,
        "year:abc": 6,
        "subject:Physics AND": 20,
        "(year:2015": 11,
        "year:2015)": 10,
        'subject:"Physics': 9,
        "subject>3": 9,
        "year:2015 AND AND year:2016": 15,
        "createdAt:yesterday": 11,
        "(" * 12 + "year:1" + ")" * 12: 12,
        "OR": 1,
    }.items():
        error = client.get(PATH, {"filter": text}).error
        assert error.code == "VALIDATION_ERROR", text
        assert f"character {place}:" in error.message, (text, error.message)
        assert error.fields == {"FILTER_INVALID"}
    assert client.get(PATH, {"filter": " OR ".join(["year:1"] * 61)}).status == 400
    assert client.get(PATH, {"filter": "y" * 2001}).status == 400


def test_what_the_caller_solved_is_all_or_none_of_it(client: Client, library: Library, bank: dict[str, str]) -> None:
    student = library.student
    write_many([SolvedQuestions(user_id=student.user_id, topic_id="t", question_ids={bank["Alpha"], bank["Zeta"]})])
    assert set(first_words(student, solved="true")) == {"Alpha", "Zeta"}
    assert set(first_words(student, solved="false")) == {"Beta", "Gamma", "Delta", "Epsilon"}
    assert first_words(student, solved="true", filter="subject:physics") == ["Alpha"]
    assert first_words(client.as_("eve", "student"), solved="true") == []
    assert client.get(PATH, {"solved": "true"}).status == 401


def test_attempts_and_success_are_those_of_the_last_time_that_it_was_read(
    client: Client, library: Library, bank: dict[str, str], follow: Feed
) -> None:
    figures = QuestionStatistics(question_id=bank["Beta"], attempts=8, credit_sum=60_000)
    Unit().create(figures).commit()
    follow()
    assert first_words(client, filter="attempts>=8 AND successRate:0.7..0.8") == ["Beta"]
    (shown,) = client.get(PATH, {"filter": "attempts:8"}).data["items"]
    assert (shown["attempts"], shown["successRate"]) == (8, 0.75)
    Unit().change(figures, QuestionStatistics.attempts.set(9)).commit()
    assert follow() == 0, "one more of eight is no reason to write the index"
    Unit().change(figures, QuestionStatistics.attempts.set(16)).commit()
    assert follow() == 1


def test_saved_filters_are_ones_own_or_shared_by_staff(client: Client, library: Library, bank: dict[str, str]) -> None:
    student, eve = library.student, client.as_("eve", "student")
    wanted = {"name": "Hard physics", "filter": "subject:physics AND difficulty:hard", "sort": "-year"}
    own = student.post("/api/search/filters", wanted)
    assert (own.status, own.data["isShared"]) == (201, False)
    assert student.post("/api/search/filters", {**wanted, "isShared": True}).status == 403
    shared = library.teacher.post("/api/search/filters", {**wanted, "name": "For all", "isShared": True}).data
    own_id, shared_id = own.data["filterId"], shared["filterId"]
    assert [each["name"] for each in student.get("/api/search/filters").data] == ["Hard physics"]
    assert eve.get("/api/search/filters").data == []
    (seen,) = eve.get("/api/search/filters", {"scope": "shared"}).data
    assert (seen["name"], seen["isOwn"], seen["isValid"]) == ("For all", False, True)
    assert first_words(student, filterId=own_id) == first_words(eve, filterId=shared_id) == ["Gamma", "Beta"]
    assert first_words(eve, filterId=shared_id, filter="year:2017") == ["Beta"]
    assert [eve.get(PATH, {"filterId": own_id}).status, client.get(PATH, {"filterId": shared_id}).status] == [404, 404]
    assert eve.delete(f"/api/search/filters/{own_id}").status == 404
    assert eve.delete(f"/api/search/filters/{shared_id}").status == 403
    assert student.delete(f"/api/search/filters/{own_id}").data == {"id": own_id}
    assert student.delete(f"/api/search/filters/{own_id}").status == 404
    assert library.moderator.delete(f"/api/search/filters/{shared_id}").status == 200
    wrong = student.post("/api/search/filters", {"name": "x", "filter": "year:"}).error
    assert wrong.fields == {"FILTER_INVALID"}


def test_a_saved_filter_that_names_a_field_that_went_is_shown_as_invalid(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.search import fields

    student = library.student
    student.post("/api/search/filters", {"name": "x", "filter": "rating>4"})
    monkeypatch.delitem(fields.FIELDS, "rating")
    (shown,) = student.get("/api/search/filters").data
    assert (shown["filter"], shown["isValid"]) == ("rating>4", False)
