"""The OpenAPI document: what client builders and their generators read in it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from lyceum.kit.http import PUBLIC, Api, Schema
from lyceum.kit.http.openapi.document import document
from tools import build_docs
from tools.errors_page import errors_page

from functions.courses.schemas.courses import CourseView

VERBS = {
    *("accept", "activate", "add", "answer", "approve", "cancel", "change", "check", "choose", "comment"),
    *("complete", "confirm", "copy", "create", "define", "delete", "disable", "download", "draw", "edit"),
    *("enable", "end", "enrol", "export", "extend", "flag", "generate", "grade", "hand", "import", "invite"),
    *("issue", "leave", "lift", "link", "list", "log", "make", "mark", "name", "open", "pause", "post", "preview"),
    *("publish", "rate", "register", "regrade", "reject", "remove", "renew", "reorder", "report", "resend"),
    *("reset", "resume", "retire", "revoke", "save", "send", "set", "show", "start", "stream", "submit"),
    *("rule", "search"),
    *("suspend", "undo", "unsubscribe", "update", "verify", "withdraw"),
}
TYPED = {"type", "enum", "$ref", "anyOf"}
OPEN = ("PUBLIC", "OPTIONAL", "SIGNED")


@cache
def read() -> dict[str, Any]:
    """Return the document as it is published."""
    found: dict[str, Any] = json.loads(build_docs.openapi())
    return found


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, on_path in read()["paths"].items():
        for method, operation in on_path.items():
            yield f"{method.upper()} {path}", operation


def test_a_schemas_title_is_its_key() -> None:
    schemas = read()["components"]["schemas"]
    assert {key: schema.get("title") for key, schema in schemas.items() if schema.get("title") != key} == {}


def test_a_schemas_key_depends_on_no_other_domain() -> None:
    class CourseView(Schema):
        name: str

    probe, courses = Api("probe"), Api("courses")

    @probe.get("/api/probes", access=PUBLIC)
    def show_probe() -> CourseView:
        """Show it."""
        return CourseView(name="")

    @courses.get("/api/courses/one", access=PUBLIC)
    def show_one() -> "_CourseView":
        """Show one."""
        raise NotImplementedError

    info = {"title": "t", "version": "1"}
    alone = document([courses], info=info)["components"]["schemas"]
    both = document([courses, probe], info=info)["components"]["schemas"]
    assert {key: both[key] for key in alone} == alone
    assert alone["CoursesCourseView"] == read()["components"]["schemas"]["CoursesCourseView"]


_CourseView = CourseView


def test_what_refers_to_a_schema_finds_it() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(read())))
    assert named == set(read()["components"]["schemas"])


def test_an_operation_is_called_by_a_verb() -> None:
    names = {label: operation["operationId"] for label, operation in operations()}
    first = {label: re.match(r"[a-z]+", name) for label, name in names.items()}
    assert {label for label, match in first.items() if match is None or match.group() not in VERBS} == set()


def test_every_parameter_has_a_type_and_says_what_it_is_for() -> None:
    silent = [
        f"{label}: {parameter['name']}"
        for label, operation in operations()
        for parameter in operation.get("parameters", [])
        if len(parameter.get("description", "")) < 10
        or not {"type", "enum", "$ref", "anyOf"} & set(parameter["schema"])
    ]
    assert silent == []


def test_parameters_keep_bounds_and_choices() -> None:
    found = {each["name"]: each["schema"] for each in read()["paths"]["/api/courses"]["get"]["parameters"]}
    assert found["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert found["level"] == {"type": "integer", "minimum": 100, "maximum": 900, "multipleOf": 100}
    assert found["difficulty"]["enum"] == ["beginner", "intermediate", "advanced"]


def test_open_operations_say_so_and_others_ask_for_a_token() -> None:
    asked = {label: operation["security"] for label, operation in operations()}
    routes = {f"{route.method} {route.address}": route.access.name for api in build_docs.apis() for route in api.routes}
    expected = {
        label: [{}, {"bearer": []}] if access == "OPTIONAL" else [] if access in OPEN else [{"bearer": []}]
        for label, access in routes.items()
    }
    assert asked == expected


def test_every_operation_says_who_may_call_it_and_how_often() -> None:
    for label, operation in operations():
        assert "Anybody." not in operation["description"], label
        assert operation["x-access"]["rule"], label
        assert ("x-rate-limit" in operation) is (
            "At most" in operation["description"] and " calls " in operation["description"]
        )
    limited = read()["paths"]["/api/assignments/submit"]["post"]
    assert limited["x-rate-limit"] == {"calls": 120, "seconds": 3600}
    assert "At most 120 calls an hour for each user" in limited["description"]


def test_answers_name_the_headers_that_come_with_them() -> None:
    start = read()["paths"]["/api/exams/start"]["post"]["responses"]
    assert {"Idempotency-Replayed", "X-Request-Id"} <= set(start["201"]["headers"])
    assert "Retry-After" in start["429"]["headers"]
    assert "ETag" in read()["paths"]["/api/courses/{courseId}"]["get"]["responses"]["200"]["headers"]


@pytest.mark.parametrize(
    ("path", "method", "status", "codes"),
    [
        ("/api/courses/{courseId}/enroll", "post", "409", {"ALREADY_ENROLLED", "COURSE_FULL"}),
        ("/api/exams/{examId}/answer", "post", "409", {"SESSION_FINISHED", "EXAM_PAUSED", "LEASED_ELSEWHERE"}),
        ("/api/exams/start", "post", "422", {"IDEMPOTENCY_KEY_REUSED"}),
        ("/api/auth/register", "post", "409", {"ACCOUNT_EXISTS"}),
    ],
)
def test_an_operation_lists_the_codes_that_its_rule_answers(
    path: str, method: str, status: str, codes: set[str]
) -> None:
    answer = read()["paths"][path][method]["responses"][status]
    assert codes <= set(answer["x-codes"])
    assert all(f"`{code}`: " in answer["description"] for code in codes)


def test_the_page_of_errors_says_what_each_code_means_and_where_it_comes() -> None:
    page = errors_page(read())
    assert "| `COURSE_FULL` | Every place in this course is taken. | `enrolInCourse` |" in page
    answers = [answer for _, operation in operations() for answer in operation["responses"].values()]
    told = {code for answer in answers for code in answer.get("x-codes", [])}
    assert {code for code in told if f"| `{code}` | " not in page} == set()


def test_browsers_keys_are_called_as_browsers_call_them() -> None:
    keys = read()["components"]["schemas"]["NotificationsWebKeys"]["properties"]
    assert set(keys) == {"p256dh", "auth"}
    assert "`p256Dh`" in keys["p256dh"]["description"]


def test_decimals_are_texts_in_both_directions() -> None:
    schemas = read()["components"]["schemas"]
    sent = schemas["CoursesLetter"]["properties"]["fromPercent"]
    got = schemas["CoursesLetterOutput"]["properties"]["fromPercent"]
    assert (sent["type"], got["type"], got["format"]) == ("string", "string", "decimal")
