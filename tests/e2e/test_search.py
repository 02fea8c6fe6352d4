"""In the deployed stack: what is written is found within seconds, and what is deleted is found no more."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e
_SECONDS = 5


def test_what_is_written_is_found_within_seconds_and_gone_after_its_deletion(stack: Stack) -> None:
    teacher, student = stack.as_("instructor"), stack.as_("student")
    word = "quokka" + "".join("bcdfghjklm"[int(digit)] for digit in str(time.time_ns())[:15])
    fields = {"title": f"Ecology of the {word}", "description": "Colours of islands.", "isPublished": True}
    course = teacher.post("/api/courses", fields)
    assert course.status == 201, course.text
    path = f"/api/courses/{course.data['courseId']}"
    timed(lambda: found(stack.api, f"{word} colors") or None, "a course is found by everybody")
    lesson = teacher.post(f"{path}/lessons", {"title": "Marsupials", "summary": f"The {word} smiles."}).data
    timed(lambda: len(found(student, word)) == 2 or None, "its lesson is found")
    assert found(student, f"{word[:-2]}z{word[-1]}", types="course") != [], "misspelt"
    suggested = student.get(f"/api/search/suggestions?q={word[:9]}").data["suggestions"]
    assert f"Ecology of the {word}" in [each["text"] for each in suggested]
    stack.run_job("search-jobs-publish")
    deleted = teacher.send("DELETE", f"{path}/lessons/{lesson['lessonId']}", None, {})
    assert deleted.status == 200, deleted.text
    timed(lambda: len(found(student, word)) == 1 or None, "a deleted lesson is found no more")
    listed = student.get(f"/api/courses?search={word}").data
    assert [each["title"] for each in listed] == [f"Ecology of the {word}"]
    assert teacher.send("DELETE", path, None, {}).status == 200
    timed(lambda: not found(student, word) or None, "and a deleted course")


def test_questions_of_the_demonstration_are_found_and_filters_are_saved(stack: Stack, topics: list[str]) -> None:
    student = stack.as_("student")
    stack.run_job("search-jobs-begin")
    wanted = f"topicId:{topics[0]} AND difficulty:(easy medium hard)"
    saved = student.post("/api/search/filters", {"name": "One topic", "filter": wanted, "sort": "-createdAt"}).data

    def all_of_them() -> dict[str, Any] | None:
        shown: dict[str, Any] = student.get(f"/api/search/questions?filterId={saved['filterId']}").data
        return shown if shown["total"] else None

    shown = eventually(all_of_them, "the questions of a topic are found")
    assert {each["topicId"] for each in shown["items"]} == {topics[0]}
    assert student.send("DELETE", f"/api/search/filters/{saved['filterId']}", None, {}).status == 200
    assert student.get("/api/admin/search/analytics").status == 403


def timed(look: Callable[[], Any], what: str) -> None:
    """Wait for something, and say when it took longer than is promised; the machine may be busy with others."""
    began = time.monotonic()
    eventually(look, what)
    spent = time.monotonic() - began
    if spent > _SECONDS:
        print(f"{what}: after {spent:.1f} s")


def found(caller: Remote, words: str, **query: str) -> list[str]:
    """Return the titles that a search finds."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    reply = caller.get(f"/api/search?q={words.replace(' ', '+')}{more}")
    assert reply.status == 200, reply.text
    return [each["title"] for each in reply.data["items"]]
