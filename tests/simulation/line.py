"""The line of all students to the API: so many requests at once, each of them timed."""

import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lyceum_client.errors import LineBroken
from lyceum_client.transport import HttpTransport, Request, Response

_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))


@dataclass
class Timings:
    """What was sent: by operation the seconds of each answer, and what was refused or broke by status."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0

    @property
    def requests(self) -> int:
        """The number of requests that were answered."""
        return sum(map(len, self.seconds.values()))

    def milliseconds(self, operation: str | None = None) -> dict[str, float]:
        """Return the median, the 95th and 99th percentile and the longest, of an operation or of all."""
        found = self.seconds[operation] if operation else [each for rows in self.seconds.values() for each in rows]
        ordered = sorted(found) or [0.0]
        return {name: 1000 * ordered[round(share * (len(ordered) - 1))] for name, share in _SHARES}


class Line:
    """Sends requests by the client's own transport; more than `at_once` wait, which counts as their time, too.

    Whoever calls an operation names it in `doing`, each thread its own.
    """

    def __init__(self, at_once: int, host: str | None = None) -> None:
        self.timings = Timings()
        self._host = {"Host": host} if host else {}
        self._transport = HttpTransport(at_once)
        self.doing = threading.local()
        self._free, self._lock, self._now = threading.BoundedSemaphore(at_once), threading.Lock(), 0

    def __call__(self, request: Request) -> Response:
        """Send a request; raises LineBroken when no whole answer came."""
        request.headers.update(self._host)
        asked = time.monotonic()
        with self._free:
            self._count(1)
            try:
                answer = self._transport(request)
            except LineBroken:
                self.timings.refused["no answer"] += 1
                raise
            finally:
                self._count(-1)
        with self._lock:
            self.timings.seconds[self.doing.operation].append(time.monotonic() - asked)
            if answer.status >= 400:
                self.timings.refused[str(answer.status)] += 1
        return answer

    def start_again(self) -> Timings:
        """Return what was sent so far, and begin to count anew."""
        with self._lock:
            counted, self.timings = self.timings, Timings()
        return counted

    def _count(self, more: int) -> None:
        with self._lock:
            self._now += more
            self.timings.most_at_once = max(self.timings.most_at_once, self._now)
