"""Exams that are sat without a line: the questions in a pack, the chain of answers, and handing in.

All of it stands in the client's store, so a process that ends in the middle goes on where it was. Opening a pack takes
the extra `packs` (`cryptography`); whoever only carries what others answered needs none of it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lyceum_client.client import Lyceum

_MAX_SCRYPT_BYTES = 256 * 1024 * 1024


class NotOpen(RuntimeError):
    """The exam can not be worked on: it is not released yet, the code is wrong, or its time is over."""


class Sitting:
    """One exam on this device, of whoever is signed in."""

    def __init__(self, client: "Lyceum", kept: dict[str, Any]) -> None:
        self._client = client
        self._kept = kept

    @classmethod
    def fetch(cls, client: "Lyceum", assessment_id: str) -> "Sitting":
        """Fetch the pack of an exam for this device, or again, for its key; what was answered stays."""
        body = {"deviceId": client.offline.device_id}
        pack = client.call("makePack", path={"assessmentId": assessment_id}, body=body, repeatable=True).data
        known = client.store.fact(_place(client, pack["packId"]), {"entries": []})
        sitting = cls(client, known)
        sitting._keep(pack=pack, **({"key": pack["key"]} if "key" in pack else {}))
        return sitting

    @classmethod
    def all(cls, client: "Lyceum") -> list["Sitting"]:
        """Return the exams that are on this device."""
        names = client.store.rows("SELECT name FROM facts WHERE name LIKE ? ORDER BY name", f"{_place(client, '')}%")
        return [cls(client, client.store.fact(name)) for (name,) in names]

    @property
    def pack(self) -> dict[str, Any]:
        """The pack as the API gave it."""
        pack: dict[str, Any] = self._kept["pack"]
        return pack

    @property
    def receipt(self) -> dict[str, Any] | None:
        """What the API answered to handing in, once it has."""
        return self._kept.get("receipt")

    @property
    def needs_code(self) -> bool:
        """Whether the questions are read with the code that is said in the hall."""
        return "key" not in self._kept and "codeLock" in self.pack

    @property
    def left_seconds(self) -> float:
        """Seconds that are left, by this device's clock; never less than none."""
        left = float(self.pack["limitSeconds"]) - self._elapsed_ms() / 1000
        return max(0.0, min(left, _seconds(self.pack["closesAt"]) - self._client.surroundings.now()))

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The last answer to each question."""
        return {entry["questionId"]: entry for entry in self._kept["entries"]}

    def open(self, code: str | None = None) -> dict[str, Any]:
        """Open the pack, which starts its time, and return what is in it; raises NotOpen."""
        key = self._kept.get("key") or self._unlocked(code)
        plain = _decrypted(base64.b64decode(key), self.pack["nonce"], self.pack["content"], self.pack["pin"])
        self._keep(key=key, openedAt=self._kept.get("openedAt") or self._now())
        held: dict[str, Any] = json.loads(plain)
        return held

    def answer(self, question_id: str, answer: Mapping[str, Any]) -> None:
        """Write an answer into the chain: its field as the API takes it, an empty one clears; raises NotOpen."""
        with self._client.store.whole():
            self._kept = self._client.store.fact(_place(self._client, self.pack["packId"]), self._kept)
            if "openedAt" not in self._kept or "closedAt" in self._kept or self.left_seconds == 0:
                raise NotOpen("The time of this exam is over, or has not begun.")
            entries = self._kept["entries"]
            entry = {
                **answer, "position": len(entries) + 1, "questionId": question_id, "elapsedMs": self._elapsed_ms()
            }  # fmt: skip
            before = entries[-1]["hash"] if entries else self.pack["pin"]
            linked = {**entry, "hash": link(base64.b64decode(self._kept["key"]), before, entry)}
            self._keep(entries=[*entries, linked])

    def close(self) -> None:
        """End the exam on this device, at the end of its time at the latest; raises NotOpen if it never was opened."""
        if "openedAt" not in self._kept:
            raise NotOpen("This exam was not opened.")
        ends = (
            self._client.surroundings.now(),
            _seconds(self._kept["openedAt"]) + self.pack["limitSeconds"],
            _seconds(self.pack["closesAt"]),
        )
        self._keep(closedAt=self._kept.get("closedAt") or _written(min(ends)))

    def handover(self) -> dict[str, Any]:
        """Return what is handed in, sealed by its chain: any device may carry it."""
        of_pack = {name: self.pack[name] for name in ("deviceId", "paperHash")}
        return {**of_pack, **{name: self._kept[name] for name in ("openedAt", "closedAt", "entries")}}

    def hand_in(self) -> dict[str, Any]:
        """Hand in and return the receipt; however often it is sent, it counts once."""
        self.close()
        path = {"packId": self.pack["packId"]}
        answer = self._client.call("handInPack", path=path, body=self.handover(), repeatable=True)
        receipt: dict[str, Any] = answer.data
        self._keep(receipt=receipt)
        return receipt

    def _elapsed_ms(self) -> int:
        """Return milliseconds since the pack was opened, which never fall, whatever the clock does."""
        opened, entries = self._kept.get("openedAt"), self._kept["entries"]
        elapsed = round(1000 * (self._client.surroundings.now() - _seconds(opened))) if opened else 0
        return max(elapsed, entries[-1]["elapsedMs"] if entries else 0, 0)

    def _unlocked(self, code: str | None) -> str:
        lock = self.pack.get("codeLock")
        if not lock or not code:
            raise NotOpen("This exam is not open yet.")
        opener = hashlib.scrypt(
            code.strip().encode(), salt=bytes.fromhex(lock["salt"]), dklen=32, maxmem=_MAX_SCRYPT_BYTES,
            n=lock["n"], r=lock["r"], p=lock["p"],
        )  # fmt: skip
        key = _decrypted(opener, lock["nonce"], lock["lockedKey"], self.pack["pin"])
        return base64.b64encode(key).decode()

    def _keep(self, **parts: Any) -> None:
        self._kept = {**self._kept, **parts}
        self._client.store.keep(_place(self._client, self.pack["packId"]), self._kept)

    def _now(self) -> str:
        return _written(self._client.surroundings.now())


def link(key: bytes, before: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of a chain's entry: HMAC-SHA256 of canonical JSON of the hash before and the entry."""
    plain = json.dumps([before, entry], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(key, plain.encode(), hashlib.sha256).hex()


def _decrypted(key: bytes, nonce: str, content: str, pin: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(content), pin.encode())
    except InvalidTag:
        raise NotOpen("This key or code does not open the exam.") from None


def _place(client: "Lyceum", pack_id: str) -> str:
    return f"pack {client.session.user_id} {pack_id}"


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
