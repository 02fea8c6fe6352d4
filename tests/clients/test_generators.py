"""Generators of clients read the document whole: every answer has a type, and the linter finds no error."""

import importlib
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.clients.conftest import NODE, run
from tests.support.http import Client
from tests.support.story import Story
from tests.support.wsgi import wsgi


def operations(document: Path) -> dict[str, dict[str, Any]]:
    paths = json.loads(document.read_text())["paths"].values()
    return {operation["operationId"]: operation for on_path in paths for operation in on_path.values()}


def test_the_linter_finds_no_error(document: Path) -> None:
    run(NODE / "redocly", "lint", "--format", "summary", document)


def test_typescript_types_have_every_answer_and_compile(document: Path) -> None:
    types = document.parent / "lyceum.d.ts"
    run(NODE / "openapi-typescript", document, "--output", types)
    run(NODE / "tsc", "--noEmit", "--strict", types)
    written = types.read_text()
    declared = re.split(r"^    (?=\w+: \{$)", written.partition("export interface operations")[2], flags=re.MULTILINE)
    by_name = {part.partition(":")[0]: part for part in declared}
    wanting = [
        name
        for name, operation in operations(document).items()
        for answer in operation["responses"].values()
        for kind, media in answer.get("content", {}).items()
        if "$ref" in media["schema"]
        and f'"{kind}": components["schemas"]["{media["schema"]["$ref"].rpartition("/")[2]}"]' not in by_name[name]
    ]
    assert wanting == []


def test_the_python_client_has_every_operation_and_its_answers(python_client: ModuleType, document: Path) -> None:
    home = Path(str(python_client.__file__)).parent
    calls = {path.stem: path.read_text() for path in (home / "api").glob("*/*.py")}
    wanting = []
    for name, operation in operations(document).items():
        own = calls.get(re.sub(r"([A-Z])", r"_\1", name).lower(), "")
        refs = [
            media["schema"]["$ref"].rpartition("/")[2]
            for answer in operation["responses"].values()
            for media in answer.get("content", {}).values()
            if "$ref" in media["schema"]
        ]
        wanting += [f"{name}: {ref}" for ref in refs if not re.search(rf"\b{ref}\.from_dict\(", own)]
    assert wanting == []


@pytest.fixture
def topic_id(client: Client) -> str:
    story = Story(client)
    topic = story.topic(client.as_("admin"), client.as_("instructor"))
    for _ in range(3):
        story.approved_question(client.as_("instructor"), client.as_("moderator"), topic)
    return topic


def test_ten_calls_through_the_python_client(python_client: ModuleType, client: Client, topic_id: str) -> None:
    student = client.as_("student")
    transport = httpx.WSGITransport(app=wsgi(lambda: student))
    caller = importlib.import_module("generated_client.client").AuthenticatedClient(
        base_url="http://lyceum", token="any"
    )
    caller.set_httpx_client(httpx.Client(base_url="http://lyceum", transport=transport))
    models = importlib.import_module("generated_client.models")

    def call(place: str, *ids: str, **given: Any) -> Any:
        answer = importlib.import_module(f"generated_client.api.{place}").sync(*ids, client=caller, **given)
        assert answer is not None, place
        assert answer.success is True, answer
        return answer

    assert call("system.show_health").data.status == "ok"
    me = call("auth.show_me").data
    assert me.user_id == student.user_id
    topic = call("catalog.show_topic", topic_id).data
    assert call("catalog.list_universities", limit=5).pagination.limit == 5
    (course,) = call("courses.list_courses").data
    assert course.course_id == topic.course_id
    assert call("courses.enrol_in_course", course.course_id).data.course_id == course.course_id
    wanted = models.ExamsStartExam.from_dict({"mode": "practice", "topicIds": [topic_id], "count": 3})
    exam = call("exams.start_exam", body=wanted).data
    first = exam.questions[0].to_dict()
    chosen = models.ExamsSaveAnswer(question_id=first["questionId"], option_ids=[Story.right_option(first)], seq=1)
    assert call("exams.save_answer", exam.exam_id, body=chosen).data.question_id == first["questionId"]
    call("exams.submit_exam", exam.exam_id)
    summary = call("exams.show_exam_summary", exam.exam_id).data
    right = [question.question_id for question in summary.questions if question.outcome == "right"]
    assert right == [first["questionId"]]


def test_an_error_comes_as_an_error(python_client: ModuleType, client: Client) -> None:
    student = client.as_("student")
    transport = httpx.WSGITransport(app=wsgi(lambda: student))
    caller = importlib.import_module("generated_client.client").AuthenticatedClient(
        base_url="http://lyceum", token="any"
    )
    caller.set_httpx_client(httpx.Client(base_url="http://lyceum", transport=transport))
    module = importlib.import_module("generated_client.api.exams.show_exam")
    problem = module.sync("01JZZZZZZZZZZZZZZZZZZZZZZZ", client=caller)
    assert (problem.success, problem.error.code) == (False, "NOT_FOUND")
