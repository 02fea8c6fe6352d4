"""A cinema: films that are sent, rendered and watched."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.content.conftest import Depot
from tests.support.http import LAMBDA, Client, Reply
from tests.support.workers import record

from functions.content.events import transcoding


@dataclass
class Cinema:
    """Films of an instructor, and the worker that renders them."""

    depot: Depot
    done: set[str] = field(default_factory=set)

    @property
    def owner(self) -> Client:
        """Who sends the films."""
        return self.depot.sender

    def send(self, body: bytes, content_type: str = "video/mp4", **asked: Any) -> str:
        """Open a slot and put a film there; returns its id."""
        wanted = {"fileName": "film.mp4", "contentType": content_type, "sizeBytes": len(body)}
        slot = self.owner.post("/api/videos/upload", wanted | asked).data
        self.depot.put(slot["fields"]["key"], body)
        return str(slot["uploadId"])

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages of films to render that were not handed over yet."""
        outbox = self.depot.client.cloud.outbox(self.depot.client.tenant)
        found = [entry for entry in outbox if entry["DetailType"] == "recording.transcode"]
        return [entry for entry in found if entry["Detail"] not in self.done]

    def hand_over(self, entry: dict[str, Any]) -> int:
        """Hand a message to the worker; returns how many failed."""
        self.done.add(entry["Detail"])
        return len(transcoding.handler({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"])

    def render(self) -> int:
        """Work until no message is left; returns how many there were."""
        count = 0
        while waiting := self.messages():
            for entry in waiting:
                assert self.hand_over(entry) == 0
                count += 1
        return count

    def shown(self, body: bytes, content_type: str = "video/mp4", **asked: Any) -> dict[str, Any]:
        """Send a film, let it be rendered and return what its owner sees."""
        video_id = self.send(body, content_type, **asked)
        assert self.depot.process(video_id) == 0
        self.render()
        seen: dict[str, Any] = self.owner.get(f"/api/videos/{video_id}").data
        return seen

    def playlist(self, video_id: str, rendition: str | None = None, viewer: Client | None = None) -> Reply:
        """Get a playlist."""
        query = {"rendition": rendition} if rendition else {}
        return (viewer or self.owner).get(f"/api/videos/{video_id}/stream", query)

    def text(self, video_id: str, rendition: str | None = None) -> str:
        """Get the text of a playlist."""
        reply = self.playlist(video_id, rendition)
        assert reply.status == 200, reply.body
        return reply.body

    def stored(self, video_id: str) -> Upload:
        """Return the record of a film."""
        return self.depot.stored(video_id)

    def fetch(self, link: str) -> bytes:
        """Return the file behind a link."""
        key = urlsplit(link).path.partition("derived/")[2]
        found = self.depot.client.cloud.s3.get_object(Bucket=settings().bucket, Key=f"derived/{key}")
        return bytes(found["Body"].read())

    def assembled(self, video_id: str, rendition: str) -> list[bytes]:
        """Fetch each piece of a rendition as a player does: its header, then each segment."""
        pieces: list[bytes] = []
        size, start = 0, 0
        for line in self.text(video_id, rendition).splitlines():
            if header := re.fullmatch(r'#EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@0"', line):
                pieces.append(self.fetch(header[1])[: int(header[2])])
            elif placed := re.fullmatch(r"#EXT-X-BYTERANGE:(\d+)@(\d+)", line):
                size, start = int(placed[1]), int(placed[2])
            elif not line.startswith("#"):
                pieces[-1] += self.fetch(line)[start : start + size]
        return pieces


def course(instructor_id: str, *students: str, status: str = "published") -> str:
    """Write a course with its students; returns its id."""
    course_id, unit = ids.new_id(), Unit()
    unit.create(
        Course(
            course_id=course_id, instructor_id=instructor_id, status=status, title="Cells", code="BIO 101", level=100,
            credit_units=3, department_id=ids.new_id(),
        )
    )  # fmt: skip
    for student_id in students:
        unit.create(Enrolment(course_id=course_id, user_id=student_id, state="active", enrolled_at=clock.now()))
    unit.commit()
    return course_id


@pytest.fixture
def cinema(depot: Depot) -> Cinema:
    """Films."""
    return Cinema(depot)
