"""Relays, quality, and recordings from the consent to their end."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from lyceum.events.content import ContentFailed, ContentProcessed
from lyceum.kit import clock as clocks
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.audit import AuditEvent
from lyceum.model.content.uploads import Upload
from tests.support.clock import Clock
from tests.support.http import Client
from tests.tutoring.conftest import Lessons

from functions.tutoring.calls import turn

TUESDAY = "2027-01-12T09:00:00Z"
FILE: dict[str, Any] = {"fileName": "lesson.webm", "contentType": "video/webm", "sizeBytes": 60 << 20}


def test_relay_credentials_are_those_that_coturn_expects() -> None:
    name, password = turn.credentials("user", clocks.parse("2027-01-11T11:15:00Z"), "north")
    assert name == "1799666100:main.user"
    expected = base64.b64encode(hmac.new(b"north", name.encode(), hashlib.sha1).digest()).decode()
    assert password == expected == "O2j3cJanzAQ6X/G+EFQpgTEH8r4="


def test_servers_are_those_of_the_deployment(lessons: Lessons, monkeypatch: pytest.MonkeyPatch) -> None:
    assert turn.servers("user", clocks.now()) == []
    known = settings().model_copy(update={"stun_urls": "stun:a:3478", "turn_urls": "turn:a:3478?transport=udp,turns:a"})
    monkeypatch.setattr(turn, "settings", lambda: known)
    plain, relays = turn.servers("user", clocks.now())
    assert (plain.urls, plain.credential) == (["stun:a:3478"], None)
    assert relays.urls == ["turn:a:3478?transport=udp", "turns:a"] and relays.credential


class Held:
    """A session whose two have come."""

    def __init__(self, lessons: Lessons, clock: Clock, born: str = "1995-05-05") -> None:
        self.mentor, self.student = lessons.mentor(), lessons.student(born=born)
        self.guardian = lessons.guardian(self.student) if born > "2010" else None
        self.path = f"/api/tutoring/sessions/{lessons.book(self.student, self.mentor, TUESDAY).data['sessionId']}"
        clock.at = clocks.parse(TUESDAY)
        for each in (self.mentor, self.student):
            assert each.post(f"{self.path}/call/initiate").status == 200

    def agree(self, *people: Client | None) -> None:
        for each in people:
            assert each is not None
            assert each.patch(self.path, {"action": "consent", "recording": True}).status == 200


def test_quality_is_kept_for_those_in_the_call(lessons: Lessons, clock: Clock) -> None:
    held = Held(lessons, clock)
    seen = {"roundTripMs": 40, "lossPercent": 0.5, "kilobitsPerSecond": 800}
    assert held.student.post(f"{held.path}/call/quality", seen).data == {"reports": 1}
    assert held.student.post(f"{held.path}/call/quality", seen).data == {"reports": 2}
    assert lessons.student("eve").post(f"{held.path}/call/quality", seen).status == 404
    clock.advance(hours=3)
    assert held.student.post(f"{held.path}/call/quality", seen).error.code == "CALL_NOT_OPEN"


def test_nothing_is_recorded_before_everybody_agrees(lessons: Lessons, clock: Clock) -> None:
    held = Held(lessons, clock, born="2012-02-02")
    assert held.mentor.post(f"{held.path}/recording", FILE).error.fields == {"CONSENT_MISSING"}
    held.agree(held.mentor, held.student)
    assert held.mentor.post(f"{held.path}/recording", FILE).error.fields == {"CONSENT_MISSING"}
    held.agree(held.guardian)
    assert held.mentor.post(f"{held.path}/call/initiate").data["mayRecord"] is True
    held.student.patch(held.path, {"action": "consent", "recording": False})
    assert held.mentor.post(f"{held.path}/recording", FILE).error.fields == {"CONSENT_MISSING"}


def _tell(lessons: Lessons, event: ContentProcessed | ContentFailed) -> None:
    Unit().create(OutboxItem.of(event), event).commit()
    lessons.settle()


def test_a_recording_is_sent_watched_and_goes(lessons: Lessons, clock: Clock) -> None:
    held = Held(lessons, clock)
    held.agree(held.mentor, held.student)
    assert held.mentor.get(f"{held.path}/recording").status == 404
    slot = held.mentor.post(f"{held.path}/recording", FILE).data
    assert len(slot["multipart"]["parts"]) == 4
    assert held.mentor.delete(f"/api/uploads/{slot['uploadId']}").error.code == "IN_USE"
    failed = ContentFailed(upload_id=slot["uploadId"], owner_id=held.mentor.user_id, reason="broken")
    _tell(lessons, failed)
    assert held.student.get(f"{held.path}/recording").data["state"] == "failed"
    again = held.mentor.post(f"{held.path}/recording", FILE).data["uploadId"]
    upload = Upload.require(upload_id=again, consistent=True)
    upload.state, upload.variants = "ready", [
        {"name": "poster", "key": f"derived/t/{again}/poster.webp", "content_type": "image/webp", "size_bytes": 9},
        {"name": "480p", "key": f"derived/t/{again}/480p.mp4", "content_type": "video/mp4", "size_bytes": 99},
    ]  # fmt: skip
    Unit().replace(upload).commit()
    _tell(lessons, ContentProcessed(upload_id=again, owner_id=held.mentor.user_id))
    shown = held.student.get(f"{held.path}/recording")
    assert shown.data["state"] == "ready" and "480p.mp4" in shown.data["recordingUrl"]
    assert len(shown.cost.operations) == 2
    assert "recording.ready" in {each["type"] for each in held.student.get("/api/notifications", {"limit": 50}).data}
    assert held.mentor.post(f"{held.path}/recording", FILE).error.code == "RECORDED_ALREADY"
    assert lessons.student("eve").get(f"{held.path}/recording").status == 404
    assert lessons.client.as_("moderator").get(f"{held.path}/recording").status == 200
    clock.advance(days=1)
    lessons.sweep()
    clock.advance(days=90)
    lessons.sleep_until_lately()
    lessons.sweep()
    lessons.sweep()
    assert held.student.get(f"{held.path}/recording").data == {
        "sessionId": held.path.rpartition("/")[2], "state": "removed", "renditions": [],
    }  # fmt: skip


def test_a_moderators_look_stands_in_the_audit_trail(lessons: Lessons, clock: Clock) -> None:
    held = Held(lessons, clock)
    held.agree(held.mentor, held.student)
    held.mentor.post(f"{held.path}/recording", FILE)
    moderator = lessons.client.as_("moderator")
    moderator.get(f"{held.path}/recording")
    kept = [each for each in lessons.cloud.items(lessons.tenant) if each["kind"]["S"] == "audit_event"]
    assert [AuditEvent.from_raw_data(each).action for each in kept] == ["tutoring.recording.see"]


def test_a_recording_is_sent_within_a_day(lessons: Lessons, clock: Clock) -> None:
    held = Held(lessons, clock)
    held.agree(held.mentor, held.student)
    clock.advance(days=2)
    assert held.mentor.post(f"{held.path}/recording", FILE).error.code == "NOT_NOW"
