"""The guide for client builders: its calls work as they are printed, one after the other."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.auth.conftest import signed_in
from tests.support.http import Client
from tests.support.story import Story

GUIDE = (Path(__file__).parents[2] / "docs/client-guide.md").read_text()
CALL = re.compile(r"```call( by=nobody)?\n(\w+) (\S+)\n(?:(\{.*\})\n)?(\d{3})((?: \w+=\S+)*)\n```")


@pytest.fixture
def known(client: Client) -> dict[str, str]:
    """A published course with a lesson and questions."""
    story, instructor = Story(client), client.as_("instructor")
    topic_id = story.topic(client.as_("admin"), instructor)
    for _ in range(3):
        story.approved_question(instructor, client.as_("moderator"), topic_id)
    course_id = client.get(f"/api/topics/{topic_id}").data["courseId"]
    assert instructor.post(f"/api/courses/{course_id}/lessons", {"title": "Sets", "body": "A set."}).status == 201
    return {"topicId": topic_id, "courseId": course_id}


def filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: known[match.group(1)], text)


def at(answer: Any, path: str) -> Any:
    for step in path.split("."):
        answer = answer[int(step) if step.isdigit() else step]
    return answer


def test_every_call_of_the_guide_is_read() -> None:
    assert len(CALL.findall(GUIDE)) == GUIDE.count("```call") > 15


def test_the_students_day_works_as_printed(client: Client, known: dict[str, str]) -> None:
    student = client
    for by, method, path, body, status, kept in CALL.findall(GUIDE):
        place, _, query = filled(path, known).partition("?")
        sent = json.loads(filled(body, known)) if body else None
        reply = (client if by else student).send(method, place, sent, dict(parse_qsl(query)))
        assert reply.status == int(status), (method, path, reply.body)
        if path == "/api/auth/login":
            student = signed_in(client, reply)
        known |= {name: str(at(reply.json, where)) for name, where in re.findall(r"(\w+)=(\S+)", kept)}
