"""Lines for the Python client in tests: a script of answers, and the product in process."""

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lyceum_client import LineBroken, Lyceum, Request, Response, Surroundings
from tests.support.http import Client

BASE = "https://lyceum.example"
Said = Response | Exception | Callable[[Request], Response]


@dataclass
class Time:
    """A clock that sleeps move, and chance that is always the same."""

    at: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)
    ids: int = 0

    def sleep(self, seconds: float) -> None:
        """Let the time go by at once."""
        self.slept.append(round(seconds, 3))
        self.at += seconds

    def bits(self, _count: int) -> int:
        """Count instead of throwing dice."""
        self.ids += 1
        return self.ids

    def surroundings(self, chance: float = 1.0) -> Surroundings:
        """What a client is given."""
        return Surroundings(now=lambda: self.at, sleep=self.sleep, chance=lambda: chance, bits=self.bits)


@dataclass
class Script:
    """A line that answers as it is told, and remembers what it was asked."""

    answers: Iterable[Said]
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = iter(self.answers)

    def __call__(self, request: Request) -> Response:
        """Give the next answer."""
        self.asked.append(request)
        said = next(self._left)
        if isinstance(said, Exception):
            raise said
        return said(request) if callable(said) else said

    def bodies(self) -> list[Any]:
        """What was sent, unpacked."""
        return [json.loads(unpacked(each)) for each in self.asked if each.body]


@dataclass
class Product:
    """The product in process, as one caller; `before` and `after` may raise what breaks the line."""

    caller: Client
    before: Callable[[Request], None] = field(default=lambda _request: None)
    after: Callable[[Request], None] = field(default=lambda _request: None)

    def __call__(self, request: Request) -> Response:
        """Send a request through the handler of its domain."""
        self.before(request)
        url = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers.pop("authorization", None)
        packed = headers.get("content-type") == "application/gzip"
        body = request.body if packed or request.body is None else request.body.decode()
        reply = self.caller.send(request.method, url.path, body, dict(parse_qsl(url.query)), headers)
        self.after(request)
        shown = {name.lower(): str(value) for name, value in reply.headers.items()}
        return Response(reply.status, {"content-type": "application/json", **shown}, reply.content)

    def client(self, time: Time | None = None) -> Lyceum:
        """A client on this line, signed in as the caller."""
        made = Lyceum(BASE, transport=self, surroundings=(time or Time()).surroundings())
        made.session.begin(tokens("any", user_id=self.caller.user_id))
        return made


def unpacked(request: Request) -> bytes:
    """Return a request's body as it was before it was packed."""
    assert request.body is not None
    return gzip.decompress(request.body) if request.headers.get("Content-Type") == "application/gzip" else request.body


def answer(data: Any, status: int = 200, **headers: str) -> Response:
    """An answer in the envelope; a `pagination` among the data stands beside it."""
    return Response(status, _headers(headers), json.dumps({"success": True, "data": data, "meta": {}}).encode())


def page(rows: list[Any], cursor: str | None) -> Response:
    """A page of a list."""
    pagination = {"limit": len(rows), "hasNext": cursor is not None, **({"nextCursor": cursor} if cursor else {})}
    return Response(200, _headers({}), json.dumps({"success": True, "data": rows, "pagination": pagination}).encode())


def refusal(status: int, code: str, **headers: str) -> Response:
    """A refusal in the envelope."""
    error = {"code": code, "message": "No.", "details": [{"field": "x", "message": "No.", "code": "RULE"}]}
    return Response(status, _headers(headers), json.dumps({"success": False, "error": error}).encode())


def tokens(access: str, user_id: str = "ada", seconds: float = 900) -> dict[str, Any]:
    """What a sign-in is answered."""
    user = {"userId": user_id}
    return {"accessToken": access, "refreshToken": f"r-{access}", "expiresInSeconds": seconds, "user": user}


def scripted(*answers: Said, time: Time | None = None, signed_in: bool = True, **options: Any) -> tuple[Lyceum, Script]:
    """A client on a script of answers."""
    line = Script(answers)
    made = Lyceum(BASE, transport=line, surroundings=(time or Time()).surroundings(), **options)
    if signed_in:
        made.session.begin(tokens("first"))
    return made, line


def _headers(more: dict[str, str]) -> dict[str, str]:
    return {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in more.items()}}


def broken() -> LineBroken:
    """Nobody answered."""
    return LineBroken("broken")
