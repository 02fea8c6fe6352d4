"""A warm function over ten thousand calls: whether anything that one of them made is kept."""

import gc
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from lyceum.kit import ids
from tests.support.http import Client

CALLS = 10_000
_WARMING = 300
_PAGE_KIB = 4


@dataclass(frozen=True)
class Grown:
    """What a process holds more of after so many calls: objects that the collector follows, and KiB of memory."""

    calls: int
    objects: int
    kib: int


def table(client: Client) -> list[str]:
    """Measure and return the rows of a Markdown table."""
    found = grown(client, CALLS)
    return [
        "| calls | objects more | objects more a call | KiB more |",
        "|--:|--:|--:|--:|",
        f"| {found.calls:,} | {found.objects:,} | {found.objects / found.calls:.4f} | {found.kib:,} |",
        "",
        "Five requests in turn, one refused and one wrong among them, after three hundred to warm up; the emulated",
        "storage is in the same process and counts, too.",
    ]


def grown(client: Client, calls: int) -> Grown:
    """Call a function so often, and say what the process holds more of afterwards than once it was warm."""
    student = client.as_("student")
    mixed = [
        partial(student.get, "/api/auth/me"),
        partial(student.get, "/api/notifications"),
        partial(student.get, "/api/courses", {"limit": 5}),
        partial(student.get, f"/api/courses/{ids.new_id()}"),
        partial(student.get, "/api/courses", {"limit": "many"}),
    ]
    statuses = {call().status for call in islice(cycle(mixed), _WARMING)}
    assert statuses == {200, 400, 404}, statuses
    objects, kib = _held()
    for call in islice(cycle(mixed), calls):
        call()
    objects_after, kib_after = _held()
    return Grown(calls, objects_after - objects, kib_after - kib)


def _held() -> tuple[int, int]:
    gc.collect()
    objects = len(gc.get_objects())  # the list of them is large, and what it took stays with the process
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_KIB
    return objects, resident
