"""A request that is sent again as long as that is safe and there is hope."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lyceum_client.errors import LineBroken
from lyceum_client.surroundings import Surroundings
from lyceum_client.transport import Request, Response, Transport

_BUSY = frozenset({502, 503, 504})
_TOO_MANY = 429


@dataclass(frozen=True)
class Patience:
    """How long this client tries by itself.

    - `tries`: how often a request is sent at most. `base`, `most`: seconds of the first and of the longest pause.
    - `longest_wait`: a Retry-After beyond this many seconds is told to the caller instead.
    """

    tries: int = 5
    base: float = 0.4
    most: float = 20.0
    longest_wait: float = 60.0


class Sender:
    """Sends requests again: after broken lines and 5xx if they are repeatable, after 429 always."""

    def __init__(self, transport: Transport, surroundings: Surroundings, patience: Patience) -> None:
        self._transport, self._surroundings, self._patience = transport, surroundings, patience

    def send(self, request: Request, *, repeatable: bool) -> Response:
        """Return the last answer; raises LineBroken when none came, at once if the request may not be sent again."""
        return self.sure(lambda: self._whole(request), repeatable=repeatable)

    def once(self, request: Request) -> Response:
        """Send a request a single time; raises LineBroken when no whole answer came."""
        return self._whole(request)

    def sure(self, act: Callable[[], Response], *, repeatable: bool) -> Response:
        """Do what answers until it is done, within the patience."""
        for attempt in range(1, self._patience.tries + 1):
            is_last = attempt == self._patience.tries
            try:
                answer = act()
            except LineBroken:
                if is_last or not repeatable:
                    raise
                self._surroundings.sleep(self._pause(attempt))
                continue
            wait = self._wait(answer, attempt, repeatable=repeatable)
            if is_last or wait is None:
                return answer
            self._surroundings.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _whole(self, request: Request) -> Response:
        """Send once; an answer of JSON that can not be read is half of one."""
        answer = self._transport(request)
        if answer.body and is_json(answer):
            try:
                json.loads(answer.body)
            except ValueError as broken:
                raise LineBroken("half an answer came") from broken
        return answer

    def _wait(self, answer: Response, attempt: int, *, repeatable: bool) -> float | None:
        """Return the seconds until the same is to be sent again, None when it is not."""
        may_be = answer.status == _TOO_MANY or (repeatable and (answer.status in _BUSY or _is_in_progress(answer)))
        if not may_be:
            return None
        asked = retry_after(answer, self._surroundings.now())
        if asked is None:
            return self._pause(attempt)
        jitter = self._surroundings.chance() * self._patience.base
        return asked + jitter if asked <= self._patience.longest_wait else None

    def _pause(self, attempt: int) -> float:
        """Full jitter: anything up to the pause that doubles with each attempt."""
        return self._surroundings.chance() * min(self._patience.most, self._patience.base * 2.0 ** (attempt - 1))


def retry_after(answer: Response, now: float) -> float | None:
    """Return the seconds that Retry-After names, as a number or as a date (RFC 9110, 10.2.3)."""
    text = answer.headers.get("retry-after", "")
    if text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds: float = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now
    return float(seconds) if seconds > 0 else 0.0


def is_json(answer: Response) -> bool:
    """Say whether an answer says that it is JSON."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    return kind == "application/json" or kind.endswith("+json")


def read(answer: Response) -> Any:
    """Return what an answer holds: JSON, bytes of anything else, None of nothing."""
    if not answer.body:
        return None
    return json.loads(answer.body) if is_json(answer) else answer.body


def moment(text: str) -> float:
    """Return a time of the API as seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def _is_in_progress(answer: Response) -> bool:
    """Say whether the first request with this Idempotency-Key is still being worked on."""
    return answer.status == 409 and b'"IN_PROGRESS"' in answer.body
