"""Drives the Python client from outside, by the same lines of JSON as the TypeScript client's driver.

    python tests/clients/python_driver.py

    {"id": 1, "do": "open", "args": {"baseUrl": "http://127.0.0.1:4566"}}
    {"id": 1, "ok": {}}

An error without an answer has the status 0 and the code NETWORK; one of the driver itself has the code DRIVER.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parents[2] / "clients/python"))

from lyceum_client import ApiError, LineBroken, Lyceum, LyceumError, Page, Request, Response, Surroundings
from lyceum_client.batches import BatchedCall
from lyceum_client.store import Store
from lyceum_client.transport import HttpTransport


class Driver:
    """One client, and the verbs by which it is driven."""

    client: Lyceum
    is_offline = False
    _names: ClassVar[dict[str, str]] = {
        "signIn": "sign_in",
        "signOut": "sign_out",
        "all": "read_all",
        "batch": "send_batch",
    }

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._line = HttpTransport()

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Carry a verb out, and say what came of it."""
        try:
            verb = getattr(self, self._names.get(asked["do"], asked["do"]))
            return {"id": asked["id"], "ok": verb(**asked.get("args", {}))}
        except LyceumError as error:
            return {"id": asked["id"], "error": _shown(error)}
        except Exception as error:
            return {"id": asked["id"], "error": {"code": "DRIVER", "status": 0, "message": repr(error)}}

    def open(
        self,
        baseUrl: str,  # noqa: N803
        liveUrl: str | None = None,  # noqa: N803
        storage: str | None = None,
        patience: float = 1,
    ) -> dict[str, Any]:
        surroundings = Surroundings(sleep=lambda seconds: time.sleep(seconds * patience))
        store = Store(f"{storage}.db" if storage else ":memory:")
        self.client = Lyceum(baseUrl, live_url=liveUrl, transport=self._send, store=store, surroundings=surroundings)
        return {}

    def sign_in(self, identifier: str, password: str) -> dict[str, Any]:
        answer = self.client.sign_in(identifier, password)
        return {"userId": answer["user"]["userId"]} if "user" in answer else {"challenge": answer["challengeToken"]}

    def sign_out(self) -> dict[str, Any]:
        self.client.sign_out()
        return {}

    def call(
        self, operation: str, *, idempotent: bool | None = None, key: str | None = None, **asked: Any
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.client.call(operation, headers=headers, repeatable=idempotent, **asked)
        paged = {"pagination": answer.data.pagination} if isinstance(answer.data, Page) else {}
        return {"status": answer.status, "data": answer.data, **paged}

    def read_all(self, operation: str, limit: int | None = None, **asked: Any) -> dict[str, Any]:
        return {"items": list(islice(self.client.pages(operation, **asked), limit))}

    def upload(self, file: str, purpose: str, contentType: str | None = None, **_more: Any) -> dict[str, Any]:  # noqa: N803
        progress: list[int] = []
        sent = self.client.upload(
            file, purpose, content_type=contentType, progress=lambda done, _of: progress.append(done)
        )
        return {"upload": self.client.uploads.show(sent), "progress": progress}

    def send_batch(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        results = self.client.batch(BatchedCall(**each) for each in requests)
        shown = [
            {"status": each.status, "data": each.data, **({"error": _shown(each.error)} if each.error else {})}
            for each in results
        ]
        return {"results": shown}

    def queue(self, operation: dict[str, Any]) -> dict[str, Any]:
        queued = self.client.offline.do(operation["type"], operation.get("key"), operation.get("value"))
        return {"operationId": queued.operation_id, "seq": queued.seq}

    def sync(self) -> dict[str, Any]:
        synced = self.client.offline.sync()
        by_status: dict[str, list[Any]] = {"applied": [], "merged": [], "conflict": [], "rejected": []}
        for each in synced.settled:
            by_status[each.status].append(dict(each.result))
        return {
            "applied": len(by_status["applied"]),
            "merged": len(by_status["merged"]),
            "conflicts": by_status["conflict"],
            "rejected": by_status["rejected"],
            "waiting": len(self.client.offline.waiting()),
        }

    def state(self, **_more: Any) -> dict[str, Any]:
        rows: dict[str, list[Any]] = {}
        for (kind, key), thing in self.client.offline.things().items():
            rows.setdefault(kind, []).append({"key": key, **thing})
        waiting = [each.sent() for each in self.client.offline.waiting()]
        return {"deviceId": self.client.offline.device_id, "queue": waiting, "queueLength": len(waiting), "rows": rows}

    def offline(self, *, on: bool) -> dict[str, Any]:
        self.is_offline = on
        return {}

    def live(self, topics: list[str] | None = None, *, socket: bool = True) -> dict[str, Any]:
        events = self.client.live.follow(topics or [], by="socket" if socket else "stream")
        threading.Thread(target=self._hear, args=[events], daemon=True).start()
        return {}

    def events(self, *, clear: bool = False) -> dict[str, Any]:
        heard = list(self._events)
        if clear:
            self._events.clear()
        return {"events": heard}

    def close(self) -> dict[str, Any]:
        return {}

    def _hear(self, events: Iterator[dict[str, Any]]) -> None:
        for event in events:
            self._events.append(event)

    def _send(self, request: Request) -> Response:
        if self.is_offline:
            raise LineBroken("there is no line")
        return self._line(request)


def _shown(error: LyceumError) -> dict[str, Any]:
    if isinstance(error, ApiError):
        return {"code": error.code, "status": error.status, "message": error.message}
    return {"code": "NETWORK", "status": 0, "message": str(error)}


def main() -> None:
    """Answer line by line, until it is closed."""
    driver = Driver()
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(json.dumps(driver.answer(asked)) + "\n")
        sys.stdout.flush()
        if asked["do"] == "close":
            return


if __name__ == "__main__":
    main()
