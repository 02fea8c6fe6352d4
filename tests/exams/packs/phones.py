"""A candidate's phone, by which an exam is sat without a line."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.model.exams.sessions import ExamSession
from tests.support.clock import Clock
from tests.support.http import Client, Reply

from functions.exams.packs import sealing

HOUR = timedelta(hours=1)
RULES = {"offlineHours": 24, "durationSeconds": 3600}


def window(opens: datetime) -> dict[str, str]:
    """Return a window of three hours."""
    return {"opensAt": clocks.iso(opens), "closesAt": clocks.iso(opens + 3 * HOUR)}


@dataclass
class Phone:
    """A candidate's device: it asks for a pack, opens it, and chains what is answered."""

    client: Client
    test: dict[str, Any]
    device_id: str = field(default_factory=ids.new_id)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def fetch(self) -> Reply:
        """Ask for the pack."""
        path = f"/api/assessments/{self.test['assessmentId']}/packs"
        return self.client.post(path, {"deviceId": self.device_id})

    def open(self, key: bytes | None = None) -> dict[str, Any]:
        """Open the pack with its key."""
        self.pack = self.fetch().data
        self.key = key or base64.b64decode(self.pack["key"])
        nonce, content = base64.b64decode(self.pack["nonce"]), base64.b64decode(self.pack["content"])
        self.opened_at = clocks.now()
        found: dict[str, Any] = json.loads(AESGCM(self.key).decrypt(nonce, content, self.pack["pin"].encode()))
        return found

    def answer(self, question_id: str, option: str, elapsed_ms: int) -> None:
        """Chain an answer of one option."""
        self.chain(question_id, {"optionIds": [option]}, elapsed_ms)

    def chain(self, question_id: str, answer: dict[str, Any], elapsed_ms: int) -> None:
        """Chain an answer, whatever it is; what is null is no part of the hash."""
        previous = self.entries[-1]["hash"] if self.entries else self.pack["pin"]
        entry = {"position": len(self.entries) + 1, "questionId": question_id, **answer, "elapsedMs": elapsed_ms}
        told = {name: value for name, value in entry.items() if value is not None}
        self.entries.append({**entry, "hash": sealing.link(self.key, previous, told)})

    def body(self, **values: Any) -> dict[str, Any]:
        """Return what is handed in."""
        return {
            "deviceId": self.device_id,
            "paperHash": self.pack["paperHash"],
            "openedAt": clocks.iso(self.opened_at),
            "closedAt": clocks.iso(self.opened_at + timedelta(minutes=30)),
            "entries": self.entries,
            **values,
        }

    def hand_in(self, **values: Any) -> Reply:
        """Hand in."""
        return self.client.post(f"/api/packs/{self.pack['packId']}/hand-in", self.body(**values))

    @property
    def session(self) -> ExamSession:
        """The session as it is stored."""
        return ExamSession.require(exam_id=self.pack["packId"], consistent=True)


def sat(phone: Phone, clock: Clock) -> Phone:
    """Open the pack and answer everything, rightly."""
    for number, question in enumerate(phone.open()["questions"]):
        phone.answer(question["question_id"], "b", 60_000 * (number + 1))
    clock.advance(minutes=30)
    return phone
