"""Work without a line: operations wait in a queue, show at once, and are settled when there is a line."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lyceum_client import errors
from lyceum_client.queue import Queue, Queued
from lyceum_client.things import SHOWS, Name, Shows, Thing, Things, shown

if TYPE_CHECKING:
    from lyceum_client.client import Lyceum

MOST = 50
"""Operations of one push."""
_MOST_ROUNDS = 200
_BASE_PARTS = ("kind", "title", "text", "tags", "isDone")
_BASE_WANTED = {"kind", "text"}
_FIRST_VERSION = 1


@dataclass(frozen=True)
class Settled:
    """What became of an operation: `status` is applied, merged, conflict or rejected; `result` is the API's."""

    operation: Queued
    status: str
    result: Mapping[str, Any]


Callback = Callable[[Settled], None]


@dataclass(frozen=True)
class Synced:
    """What a round brought: what was settled, and whether nothing is left to be done."""

    settled: list[Settled]
    is_done: bool


class Offline:
    """The queue and the things of a client's user; both outlive the process when the store is a file.

    - `on_settled`, `on_conflict`, `on_rejected`: told of each operation that has its result.
    - `shows`: by type, how what waits shows in the things; those of the API's own types are there already.
    """

    def __init__(self, client: "Lyceum") -> None:
        self._client = client
        self._queue, self._things = Queue(client.store), Things(client.store)
        self._lock = threading.Lock()
        self.shows: dict[str, Shows] = dict(SHOWS)
        self.on_settled: Callback | None = None
        self.on_conflict: Callback | None = None
        self.on_rejected: Callback | None = None

    @property
    def device_id(self) -> str:
        """The id that this device made itself once."""
        with self._client.store.whole():
            found = self._client.store.fact("device")
            if found is None:
                found = self._client.surroundings.new_id()
                self._client.store.keep("device", found)
        return str(found)

    def do(self, kind: str, key: str | None = None, value: Mapping[str, Any] | None = None) -> Queued:
        """Put an operation into the queue; it shows in `things` at once and is sent by `sync`.

        A new note or anything else that the device makes itself gets its key here. What the server has of the thing is
        sent along, so that it can tell what changed meanwhile.
        """
        user = self._client.session.user_id
        at = datetime.fromtimestamp(self._client.surroundings.now(), UTC).isoformat(timespec="milliseconds")
        new_id = self._client.surroundings.new_id
        if key is None and kind == "note.create":
            key = new_id()
        operation = Queued(new_id(), 0, kind, key, dict(value or {}), at=at.replace("+00:00", "Z"))
        return self._queue.add(user, self._based(operation))

    def things(self, kind: str | None = None) -> dict[Name, Thing]:
        """Return the user's things as they will be once everything is settled, by type and key."""
        user = self._client.session.user_id
        seen = shown(self._things.all(user), self._queue.all(user), self.shows)
        return {name: thing for name, thing in seen.items() if kind in {None, name[0]}}

    def waiting(self) -> list[Queued]:
        """Return what waits, in its order."""
        return self._queue.all(self._client.session.user_id)

    def sync(self) -> Synced:
        """Send what waits, then take in what changed; one round at a time, however many threads ask.

        Raises LineBroken, SignedOut and other ApiErrors; nothing is lost by them, and the next call goes on from there.
        """
        with self._lock:
            user = self._client.session.user_id
            settled: list[Settled] = []
            is_done = self._push(user, settled)
            self._pull(user)
        return Synced(settled, is_done)

    def forget(self) -> None:
        """Forget the copy of the user's things; the queue stays."""
        self._things.forget(self._client.session.user_id)

    def _based(self, operation: Queued) -> Queued:
        """Add how a note looked before it was changed here, for the merge with what others change meanwhile."""
        if operation.type != "note.update" or "base" in operation.value:
            return operation
        thing = self.things("note").get(("note", operation.key or ""))
        if thing is None or not _BASE_WANTED.issubset(thing["value"]):
            return operation
        base = {part: thing["value"][part] for part in _BASE_PARTS if thing["value"].get(part) is not None}
        version = thing["version"] or _FIRST_VERSION
        return replace(operation, value={**operation.value, "base": base}, base_version=version)

    def _push(self, user: str, settled: list[Settled]) -> bool:
        for _ in range(_MOST_ROUNDS):
            waiting = self._queue.all(user, MOST)
            if not waiting:
                return True
            body = {"deviceId": self.device_id, "operations": [each.sent() for each in waiting]}
            answer = self._client.call("sendOperations", body=body).data
            if self._renumbered(user, waiting, answer):
                continue
            done = self._settle(user, waiting, answer["results"])
            settled += done
            if answer.get("retryAfterSeconds") and not done:
                return False
        return False

    def _renumbered(self, user: str, waiting: list[Queued], answer: Mapping[str, Any]) -> bool:
        """Number anew where the server knows this device by another number, after a backup or a long absence."""
        code = answer["results"][0].get("code")
        if code not in {"OUT_OF_ORDER", "SEQUENCE_REUSED"} or int(answer["nextSeq"]) == waiting[0].seq:
            return False
        self._queue.renumber(user, int(answer["nextSeq"]))
        return True

    def _settle(self, user: str, waiting: list[Queued], results: list[dict[str, Any]]) -> list[Settled]:
        done = []
        for operation, result in zip(waiting, results, strict=True):
            if result["status"] == "retry" or result.get("code") in {"SEQUENCE_REUSED", "OUT_OF_ORDER"}:
                break
            with self._client.store.whole():
                self._queue.settle(user, operation)
                self._noted(user, operation, result)
            done.append(Settled(operation, result["status"], result))
            self._tell(done[-1])
        return done

    def _noted(self, user: str, operation: Queued, result: Mapping[str, Any]) -> None:
        """Take in what a result shows, so that nothing flickers until the next pull."""
        kind, _, act = operation.type.partition(".")
        if operation.key is None or result["status"] == "rejected":
            return
        if result["status"] == "conflict":
            self._things.amend(user, kind, operation.key, result.get("server") or {})
            copy = result.get("value") or {}
            if "noteId" in copy:
                self._things.note(user, kind, copy["noteId"], copy)
        elif act == "remove":
            self._things.remove(user, kind, operation.key)
        elif kind in {"note", "bookmark"} and isinstance(result.get("value"), dict):
            self._things.note(user, kind, operation.key, result["value"])

    def _tell(self, settled: Settled) -> None:
        special = {"conflict": self.on_conflict, "rejected": self.on_rejected}.get(settled.status)
        for callback in (self.on_settled, special):
            if callback is not None:
                callback(settled)

    def _pull(self, user: str) -> None:
        for _ in range(_MOST_ROUNDS):
            cursor = self._client.store.fact(f"cursor {user}")
            try:
                answer = self._client.call("listChanges", query={"cursor": cursor} if cursor else {}).data
            except errors.Refused:
                if cursor is None:
                    raise
                self._client.store.keep(f"cursor {user}", None)  # of another deployment: begin with a snapshot
                continue
            self._things.take(user, answer)
            if not answer["hasMore"]:
                return
