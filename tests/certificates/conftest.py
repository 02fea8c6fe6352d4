"""People, and what they achieved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from tests.support import workers
from tests.support.clock import Clock
from tests.support.http import Client, Reply

ADULT = {"birthDate": "1990-05-17"}
CHILD = {"birthDate": "2015-05-17"}


@dataclass
class School:
    """What tests of certificates do: achieve, ask, look."""

    client: Client
    tenant: str
    clock: Clock

    @property
    def student(self) -> Client:
        return self.client.as_("student")

    @property
    def teacher(self) -> Client:
        return self.client.as_("instructor")

    def person(self, learner: Client, **changed: Any) -> None:
        """Change fields of an account."""
        user = User.require(user_id=learner.user_id)
        for name, value in changed.items():
            setattr(user, name, value)
        Unit().replace(user).commit()

    def completed(self, learner: Client | None = None, *, title: str = "Algebra I", **fields: Any) -> str:
        """Store a course that somebody completed an hour ago, and return its id."""
        course_id = ids.new_id()
        done = time.now() - timedelta(hours=1)
        enrolment = Enrolment(
            course_id=course_id,
            user_id=(learner or self.student).user_id,
            state="active",
            enrolled_at=done,
            **{"completed_at": done, **fields},
        )
        write_many([Course(course_id=course_id, instructor_id=self.teacher.user_id, title=title), enrolment])
        return course_id

    def passed(self, learner: Client | None = None, **fields: Any) -> ExamSession:
        """Store a session of a published test that somebody passed."""
        now = time.now()
        values: dict[str, Any] = {
            "exam_id": ids.new_id(), "user_id": (learner or self.student).user_id, "mode": "practice",
            "state": "finished", "scope": "s", "policy": {}, "question_count": 4, "seed": "s", "algorithm": 1,
            "scoring": 1, "paper_hash": "0", "started_at": now, "deadline_at": now, "closes_at": now,
            "finished_at": now, "max_score": "4", "score": "3", "percent": "75", "is_passed": True, "revision": 1,
            "title": "Trigonometry", "assessment_id": ids.new_id(), "owner_id": self.teacher.user_id,
            "released_at": now,
        }  # fmt: skip
        session = ExamSession(**values | fields)
        Unit().put(session).commit()
        return session

    def generate(self, learner: Client | None = None, **body: Any) -> Reply:
        """Ask for a certificate."""
        return (learner or self.student).post("/api/certificates/generate", body)

    def certificate(self, learner: Client | None = None, **body: Any) -> dict[str, Any]:
        """Get the certificate of a course that was just completed, or of what is named."""
        asked = body or {"courseId": self.completed(learner)}
        made: dict[str, Any] = self.generate(learner, **asked).data
        return made

    def credential(self, certificate_id: str) -> dict[str, Any]:
        """Read the signed document of a certificate."""
        page = self.client.get(f"/api/certificates/{certificate_id}", {"form": "credential"}).data
        found: dict[str, Any] = page["credential"]
        return found

    def verify(self, certificate_id: str, **shown: Any) -> dict[str, Any]:
        """Verify a certificate, or the document that is shown."""
        path = f"/api/certificates/{certificate_id}/verify"
        reply = self.client.post(path, shown) if shown else self.client.get(path)
        found: dict[str, Any] = reply.data
        return found

    def work(self, only: str = "certificates") -> None:
        """Let workers work until nothing is left."""
        assert workers.deliver(self.client.cloud, self.tenant, only=only) == 0


@pytest.fixture
def school(client: Client, tenant: str, clock: Clock) -> School:
    """A school whose student is of age."""
    made = School(client, tenant, clock)
    made.person(made.student, first_name="Ada", last_name="Okafor", profile=ADULT)
    return made


Flip = Callable[[Any], Any]
