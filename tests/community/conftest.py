"""People who ask, answer and write to each other, and the workers that follow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.community.questions import PooledMentor
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.questions.question import Question
from lyceum.model.users.account import User
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tools import check_data

COUNTED = ("help_question", "help_answer", "discussion", "message_box", "study_group", "inbox_counter")
"""What keeps counters that the tests never write themselves."""


@dataclass
class Community:
    """The people of a test, by name, and what they have in common."""

    client: Client
    cloud: Cloud
    tenant: str

    def adult(self, name: str, role: str = "student", **fields: Any) -> Client:
        """Sign up somebody of age."""
        if role == "student":
            fields["profile"] = {"birthDate": "1990-01-01"}
        return self.person(name, role, **fields)

    def person(self, name: str, role: str = "student", **fields: Any) -> Client:
        """Sign up somebody, whose age is unknown unless a profile says it."""
        somebody = self.client.as_(name, role)
        if fields:
            user = User.require(user_id=somebody.user_id, consistent=True)
            for field, value in fields.items():
                setattr(user, field, value)
            Unit().replace(user).commit()
        return somebody

    def mentor(self, name: str, *expertise: str, **fields: Any) -> Client:
        """Sign up a verified mentor, who stands in the pool."""
        somebody = self.person(name, "mentor", profile={"expertise": list(expertise)}, **fields)
        pooled = PooledMentor(
            mentor_id=somebody.user_id,
            name=f"{name.title()} Test",
            subjects=[each.lower() for each in expertise],
            language=fields.get("language", "en"),
        )
        Unit().put(pooled).commit()
        return somebody

    def course(self, teacher: Client, *students: Client) -> str:
        """Let people be in a course together."""
        course_id, now = ids.new_id(), clocks.now()
        course = Course(course_id=course_id, instructor_id=teacher.user_id, title="Algebra", sort_title="algebra")
        enrolments = [
            Enrolment(course_id=course_id, user_id=each.user_id, state="active", enrolled_at=now) for each in students
        ]
        write_many([course, *enrolments])
        return course_id

    def bank_question(self, **values: Any) -> str:
        """Put an approved question into the bank."""
        name = ids.new_id()
        fields: dict[str, Any] = {
            "topic_id": "topic",
            "course_id": "course",
            "author_id": "01HZZZZZZZZZZZZZZZZZZZZZZZ",
            "type": "single",
            "stem": "What is 2 + 2?",
            "difficulty": "easy",
            "status": "approved",
            "fingerprint": name,
            "sort_key": name[-16:],
        }
        Unit().put(Question(question_id=name, **{**fields, **values})).commit()
        return name

    def settle(self, only: str = "community") -> None:
        """Hand every event to the workers of a domain until none is new."""
        assert workers.deliver(self.cloud, self.tenant, only=only) == 0

    def notices(self, reader: Client) -> list[str]:
        """Return the kinds of what stands in somebody's inbox, the latest first."""
        return [note["type"] for note in reader.get("/api/notifications").data]


@pytest.fixture
def people(client: Client, cloud: Cloud, tenant: str, clock: Clock) -> Iterator[Community]:
    """The community on the morning of Monday, 11 January 2027; whatever it did, its counters say what there is."""
    yield Community(client, cloud, tenant)
    found = check_data.inspect(cloud.items(tenant), tenant).get(tenant, [])
    assert [check_data.line(each) for each in found if each.entity in COUNTED] == []


@pytest.fixture
def ask(clock: Clock) -> Callable[..., dict[str, Any]]:
    """Ask something; returns the question."""

    def go(asker: Client, title: str = "How do I solve this equation?", **values: Any) -> dict[str, Any]:
        clock.advance(seconds=1)
        body = {"subject": "Mathematics", "title": title, "text": f"<p>{title} \\(x^2 = 2\\)</p>", **values}
        reply = asker.post("/api/qa/questions", body)
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.data["question"]
        return made

    return go
