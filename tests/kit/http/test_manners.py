"""What callers read of a refusal, and what they may ask of an answer."""

import pytest

from lyceum.kit.http.selection import check
from lyceum.kit.settings import settings
from lyceum.kit.telemetry import request_lines
from tests.kit.http.conftest import Thing
from tests.support.http import Client


def test_a_wrong_parameter_is_named_as_the_caller_named_it(caller: Client) -> None:
    refused = caller.get("/api/probe/list", {"limit": "many"})
    assert [detail["field"] for detail in refused.error.details] == ["limit"]


def test_an_unknown_parameter_is_named_as_the_caller_named_it(caller: Client) -> None:
    refused = caller.get("/api/probe/list", {"color": "red"})
    assert refused.error.details == [{"field": "color", "message": "This parameter is unknown."}]


def test_the_rule_that_refuses_stands_in_the_details_code(caller: Client) -> None:
    refused = caller.as_("student").post("/api/probe/things", {"name": "refused"})
    assert (refused.status, refused.error.code) == (422, "RULE_VIOLATION")
    assert refused.error.details == [{"message": "Not this name.", "code": "NO_SUCH_NAME"}]


def test_fields_that_the_answer_never_has_are_refused(caller: Client) -> None:
    refused = caller.get("/api/probe/things/a", {"fields": "name,nmae,parts.size,version.big"})
    assert (refused.status, refused.error.code) == (400, "VALIDATION_ERROR")
    assert [(detail["field"], detail["message"].split()[0]) for detail in refused.error.details] == [
        ("fields", "nmae"),
        ("fields", "version.big"),
    ]


def test_a_field_that_this_answer_happens_not_to_have_is_no_mistake(caller: Client) -> None:
    assert caller.get("/api/probe/things/a", {"fields": "name,note"}).data == {"name": "a"}


@pytest.mark.parametrize("fields", ["name", "name,parts", "parts.anything"])
def test_names_within_lists_and_free_objects_pass(fields: str) -> None:
    def show() -> Thing:
        """Show a thing."""
        return Thing(name="")

    check(fields, show)


def test_fields_of_a_list_are_those_of_its_rows(client: Client) -> None:
    assert client.get("/api/courses", {"fields": "title,ratings.count"}).status == 200
    refused = client.get("/api/courses", {"fields": "title,items"})
    assert [detail["message"].split()[0] for detail in refused.error.details] == ["items"]


def test_a_request_line_says_sizes_country_and_a_client_that_nobody_is_found_by(
    caller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(request_lines, "write", lambda _level, fields: lines.append(fields))
    monkeypatch.setenv("LYCEUM_COUNTRY_HEADER", "cloudfront-viewer-country")
    settings.cache_clear()
    for browser in ("one", "two", "one"):
        headers = {"user_agent": browser, "cloudfront_viewer_country": "ng"}
        caller.as_("student").post("/api/probe/things", {"name": "ab"}, **headers)
    settings.cache_clear()
    assert [(line["requestBytes"], line["country"]) for line in lines] == [(14, "NG")] * 3
    assert all(isinstance(line["answerBytes"], int) and line["answerBytes"] > 100 for line in lines)
    assert lines[0]["client"] == lines[2]["client"] != lines[1]["client"]
    assert caller.address not in str(lines)


@pytest.mark.parametrize("far", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_times_past_what_there_is_are_refused(client: Client, far: str) -> None:
    asked = client.as_("moderator").get("/api/questions", {"createdFrom": far})
    found = client.as_("student").get("/api/tutoring/available-tutors", {"from": far})
    wanted = {"mentorId": "0" * 26, "subject": "Algebra", "startsAt": far}
    booked = client.as_("student").post("/api/tutoring/sessions", wanted)
    assert [(each.status, each.error.fields) for each in (asked, found, booked)] == [
        (400, {"createdFrom"}), (400, {"from"}), (400, {"startsAt"}),
    ]  # fmt: skip
