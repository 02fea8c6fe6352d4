"""People and things that the tests of intelligence share."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from lyceum.kit.table import find
from lyceum.model.ai.asking import ModelBudget
from tests.support.http import Client, Reply
from tests.support.story import Story


@dataclass
class School:
    """A course with its teacher, a student in it, and questions."""

    client: Client

    @cached_property
    def story(self) -> Story:
        return Story(self.client)

    @property
    def teacher(self) -> Client:
        return self.client.as_("instructor")

    @property
    def moderator(self) -> Client:
        return self.client.as_("moderator")

    @cached_property
    def topic_id(self) -> str:
        return self.story.topic(self.client.as_("admin"), self.teacher)

    @cached_property
    def course_id(self) -> str:
        return str(self.teacher.get(f"/api/topics/{self.topic_id}").data["courseId"])

    @cached_property
    def student(self) -> Client:
        someone = self.client.as_("student")
        assert someone.post(f"/api/courses/{self.course_id}/enroll").status < 300
        return someone

    def questions(self, count: int) -> list[str]:
        made = [self.story.approved_question(self.teacher, self.moderator, self.topic_id) for _ in range(count)]
        return [str(each["questionId"]) for each in made]


@pytest.fixture
def school(client: Client) -> School:
    return School(client)


LESSON = (
    "<p>A set is a collection of distinct members. Two sets are equal when they have the same members. "
    "The union of two sets holds every member of either of them.</p>"
)
PATH = "/api/ai/tutoring-chat"


def lesson(school: School, body: str = LESSON) -> str:
    made = school.teacher.post(f"/api/courses/{school.course_id}/lessons", {"title": "Sets"}).data["lessonId"]
    assert school.teacher.post(f"/api/lessons/{made}/content", {"body": body}).status < 300
    return str(made)


def ask(school: School, message: str, **more: Any) -> Reply:
    return school.student.post(PATH, {"message": message, "courseId": school.course_id, **more})


def spent(user_id: str) -> int:
    return sum(int(each.tokens) for each in find(ModelBudget, scope=user_id).items)
