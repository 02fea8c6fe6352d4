"""A course with a lesson that shows a package, and a learner who launches it."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lyceum.kit.settings import settings
from tests.content.conftest import Depot, Library
from tests.courses.conftest import School, school
from tests.support.http import Client, Reply
from tests.support.workers import deliver

from functions.integrations.packages import play_sessions

__all__ = ["school"]
API = "https://api.lyceum.test"
XAPI = {"x-experience-api-version": "1.0.3"}


@dataclass
class Player:
    """A learner's frame: launches units, loads files and speaks as content does."""

    learner: Client
    content_id: str
    lesson_id: str | None
    launched: dict[str, Any] = field(default_factory=dict)
    key: str = ""

    def launch(self, unit: int | None = None) -> dict[str, Any]:
        """Launch a unit and return what the learner gets."""
        body = {"lessonId": self.lesson_id} if self.lesson_id else {}
        asked = body if unit is None else {**body, "unit": unit}
        reply = self.learner.post(f"/xapi/packages/{self.content_id}/launch", asked)
        assert reply.status == 201, reply.body
        self.launched = reply.data
        return self.launched

    @property
    def ticket(self) -> str:
        """The ticket of the launch."""
        return str(urlsplit(self.launched["url"]).path.rpartition("/")[2])

    @property
    def frame(self) -> Client:
        """Whoever has the address, signed in or not."""
        return Client(self.learner.cloud, self.learner.tenant)

    def file(self, path: str = "", **headers: str) -> Reply:
        """Load a file of the package, or the page around it."""
        return self.frame.get(f"/xapi/play/{self.ticket}{'/' if path else ''}{path}", **headers)

    def report(self, sent: int, values: dict[str, str], *, finished: bool = False) -> Reply:
        """Report as a page of SCORM does."""
        body = json.dumps({"sent": sent, "values": values, "finished": finished})
        return self.frame.post(f"/xapi/runtime/{self.ticket}", body, content_type="text/plain")

    @property
    def state(self) -> dict[str, Any]:
        """How far the learner is."""
        query = {"lessonId": self.lesson_id} if self.lesson_id else None
        found: dict[str, Any] = self.learner.get(f"/xapi/packages/{self.content_id}", query).data
        return found

    def parameters(self) -> dict[str, str]:
        """What the address of a unit of cmi5 says."""
        page = self.file().body
        address = page.partition('src="')[2].partition('"')[0].replace("&amp;", "&")
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    def fetch(self) -> dict[str, str]:
        """Fetch the key of a sitting of cmi5."""
        found: dict[str, str] = self.frame.post(f"/xapi/cmi5/fetch/{self.ticket}").json
        self.key = found.get("auth-token", self.key)
        return found

    def speak(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Reply:
        """Send a request with the sitting's key."""
        return self.frame.send(
            method, f"/xapi/cmi5/{path}", body, query, {**XAPI, "authorization": f"Basic {self.key}"}
        )


@dataclass
class Shelf:
    """Packages of an author, in the library or in a lesson."""

    library: Library
    school: School

    def content(self, body: bytes) -> str:
        """Make an item of a package."""
        return self.library.ready(body, "application/zip")

    def in_lesson(self, body: bytes, name: str = "student") -> tuple[Player, str]:
        """Make a lesson of a package, with a student of the course; returns the course's id too."""
        content_id, course_id = self.content(body), self.school.course()
        lesson_id = self.school.lesson(course_id)
        told = self.school.teacher.post(f"/api/lessons/{lesson_id}/content", {"contentId": content_id})
        assert told.status == 200, told.body
        return Player(self.school.student(course_id, name=name), content_id, lesson_id), course_id

    def settle(self) -> None:
        """Let everything follow from what was told."""
        assert deliver(self.school.client.cloud, self.school.client.tenant) == 0


@pytest.fixture
def shelf(client: Client, school: School) -> Shelf:
    """An author's packages."""
    return Shelf(Library(Depot(client)), school)


@pytest.fixture
def own_origin(monkeypatch: pytest.MonkeyPatch) -> str:
    """An origin on which packages are played."""
    known = settings().model_copy(update={"packages_origin": "https://packages.lyceum.test"})
    monkeypatch.setattr(play_sessions, "settings", lambda: known)
    return "https://packages.lyceum.test"
