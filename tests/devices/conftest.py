"""Devices that tests let join a room."""

from dataclasses import dataclass
from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.courses.enrolments import Enrolment
from tests.support.http import Client, Reply

COURSE = "01J8Z3N6Q40000000000000001"


@dataclass
class Device:
    """A device as its maker would write it: it keeps its token, and numbers its batches."""

    client: Client
    device_id: str
    key: str
    token: str
    batch: int = 0

    def send(self, **body: Any) -> Reply:
        """Send a batch with the next number, or with the one that is given."""
        self.batch = body.pop("batch", self.batch + 1)
        headers = {"authorization": f"Bearer {self.token}"}
        reply = Client(self.client.cloud, self.client.tenant).send(
            "POST", "/api/classroom-devices/telemetry", {"batch": self.batch, **body}, None, headers
        )
        if reply.status == 200:
            self.token = reply.data["token"]
        return reply


def codes(client: Client, kind: str = "clicker", count: int = 1, **more: Any) -> list[str]:
    """Make codes as an administrator."""
    body = {"kind": kind, "label": "Row 1", "room": "R1", "count": count, **more}
    reply = client.as_("admin").post("/api/admin/classroom-devices/codes", body)
    assert reply.status == 201, reply.body
    made: list[str] = reply.data["codes"]
    return made


def join(client: Client, code: str) -> Device:
    """Let a device join by a code."""
    reply = Client(client.cloud, client.tenant).post("/api/classroom-devices/enrol", {"code": code})
    assert reply.status == 201, reply.body
    return Device(client, reply.data["deviceId"], reply.data["deviceKey"], reply.data["token"])


def joined(client: Client, kind: str = "clicker", **more: Any) -> Device:
    """Let a device of a kind join."""
    return join(client, codes(client, kind, **more)[0])


def enrol_student(user_id: str) -> None:
    """Enrol somebody in the course."""
    Unit().create(Enrolment(course_id=COURSE, user_id=user_id, state="active", enrolled_at=clock.now())).commit()
