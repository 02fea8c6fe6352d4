"""From an event on the bus to the inbox and to an open connection, in the deployed stack."""

import json
import statistics
import time
from collections.abc import Callable

from websockets.sync.client import connect

from local.place import Place
from lyceum.kit import clock, ids
from tests.e2e.conftest import Remote, Stack

_TIMES = 40


def table() -> list[str]:
    """Measure many events one after another and return the rows of a Markdown table."""
    place = Place.from_environment()
    if not place.stack_file.exists():
        return ["Not measured: no stack was deployed (`make up`)."]
    stack = Stack(place, json.loads(place.stack_file.read_text()))
    student = stack.as_("student")
    user_id = student.get("/api/auth/me").data["userId"]
    trip = statistics.median(_spent(lambda: student.get("/api/notifications?limit=1")) for _ in range(_TIMES))
    inbox = [_until_listed(stack, student, user_id) for _ in range(_TIMES)]
    ticket = student.post("/api/realtime/ticket").data["ticket"]
    with connect(f"{stack.facts['wsUrl']}?ticket={ticket}", open_timeout=30) as socket:

        def until_shown() -> None:
            title = _earn(stack, user_id)
            while title not in str(socket.recv(timeout=60)):
                pass

        shown = [_spent(until_shown) for _ in range(_TIMES)]
    rows = ["| from the event to | median, in round trips | p99, in round trips |", "|---|---|---|"]
    for name, times in (("the inbox", inbox), ("the socket", shown)):
        p99 = statistics.quantiles(times, n=100, method="inclusive")[98]
        rows.append(f"| {name} | {statistics.median(times) / trip:.1f} | {p99 / trip:.1f} |")
    return [
        *rows,
        "",
        "A round trip is the median of `GET /api/notifications`, which is one invocation of a warm function.",
    ]


def _until_listed(stack: Stack, student: Remote, user_id: str) -> float:
    before = _count(student)
    started = time.perf_counter()
    _earn(stack, user_id)
    while _count(student) == before:
        pass
    return time.perf_counter() - started


def _count(student: Remote) -> int:
    return int(student.get("/api/notifications?limit=1").json["pagination"]["total"])


def _earn(stack: Stack, user_id: str) -> str:
    """Put an event on the bus that becomes a notification; returns its title."""
    title = f"bench {ids.new_id()}"
    facts = {"tenant": "main", "actor": "bench", "correlationId": "bench", "at": clock.iso(clock.now())}
    detail = {**facts, "eventId": ids.new_id(), "badgeId": "b", "userId": user_id, "title": title}
    entry = {
        "Source": "lyceum",
        "DetailType": "badge.earned",
        "Detail": json.dumps(detail),
        "EventBusName": stack.output("BusName"),
    }
    stack.aws("events").put_events(Entries=[entry])
    return title


def _spent(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
