"""What was done without a line and is not settled yet, in its order."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lyceum_client.store import Store


@dataclass(frozen=True)
class Queued:
    """An operation that waits.

    - `operation_id`: by which it has its effect once. `seq`: its place among this device's.
    - `at`: when it was done, by this device's clock.
    """

    operation_id: str
    seq: int
    type: str
    key: str | None = None
    value: dict[str, Any] = field(default_factory=dict)
    base_version: int | None = None
    at: str | None = None

    def sent(self) -> dict[str, Any]:
        """Return the operation as the API takes it."""
        said = {
            "operationId": self.operation_id,
            "seq": self.seq,
            "type": self.type,
            "key": self.key,
            "value": self.value,
            "baseVersion": self.base_version,
            "at": self.at,
        }
        return {name: value for name, value in said.items() if value is not None}


class Queue:
    """The operations of each user, numbered from 1 on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, user: str, operation: Queued) -> Queued:
        """Put an operation behind all others; its number is the next one."""
        with self._store.whole():
            seq = int(self._store.fact(f"next seq {user}", 1))
            numbered = replace(operation, seq=seq)
            self._write(user, numbered)
            self._store.keep(f"next seq {user}", seq + 1)
        return numbered

    def all(self, user: str, most: int = -1) -> list[Queued]:
        """Return what waits, in its order."""
        found = self._store.rows("SELECT operation FROM operations WHERE user = ? ORDER BY seq LIMIT ?", user, most)
        return [Queued(**json.loads(row[0])) for row in found]

    def settle(self, user: str, operation: Queued) -> None:
        """Take an operation out that has its result."""
        self._store.do("DELETE FROM operations WHERE user = ? AND seq = ?", user, operation.seq)

    def renumber(self, user: str, first: int) -> None:
        """Number what waits anew, for a device of which the server knows another number than it does itself."""
        with self._store.whole():
            waiting = self.all(user)
            self._store.do("DELETE FROM operations WHERE user = ?", user)
            for seq, operation in enumerate(waiting, first):
                self._write(user, replace(operation, seq=seq))
            self._store.keep(f"next seq {user}", first + len(waiting))

    def _write(self, user: str, operation: Queued) -> None:
        row = json.dumps(asdict(operation))
        self._store.do("INSERT INTO operations VALUES (?, ?, ?)", user, operation.seq, row)
