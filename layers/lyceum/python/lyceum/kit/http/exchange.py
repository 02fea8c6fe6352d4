"""One request and its answer in the making; routes receive parts of it by naming them in their signature."""

import base64
import hashlib
import ipaddress
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from lyceum.kit.context import RequestContext
from lyceum.kit.errors import BadRequest, Unauthenticated
from lyceum.kit.frozen import frozen
from lyceum.kit.http import versions
from lyceum.kit.http.routes import Route
from lyceum.kit.identity.principal import Principal
from lyceum.kit.settings import settings

__all__ = [
    "Address",
    "Answer",
    "Body",
    "Caller",
    "Document",
    "Exchange",
    "Forced",
    "IfMatch",
    "LastEventId",
    "MaybeCaller",
    "Path",
    "Query",
    "current",
]


@frozen
class Document:
    """An answer that is no JSON: a file of a type that the route declares in `also`."""

    content_type: str
    content: str
    file_name: str


@dataclass
class AnswerHeaders:
    """Headers and cookies that a route adds to its answer, and a status of a bare answer in place of the route's."""

    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    status: int | None = None

    def cookie(
        self,
        name: str,
        value: str,
        *,
        path: str,
        max_age_seconds: int,
        same_site: Literal["Strict", "Lax", "None"] = "Strict",
    ) -> None:
        """Set a cookie that scripts can not read (RFC 6265, 4.1), and other sites can not send unless `same_site` lets.

        With `Lax` it comes along when another site leads here, with `None` when another site posts a form here.
        """
        self.cookies.append(
            f"{name}={value}; Path={path}; Max-Age={max_age_seconds}; HttpOnly; Secure; SameSite={same_site}"
        )


@dataclass
class Exchange:
    """A gateway event with what has been learnt of it."""

    event: dict[str, Any]
    request_id: str
    context: RequestContext
    started: float = field(default_factory=time.perf_counter)
    route: Route | None = None
    caller: Principal | None = None
    answer: AnswerHeaders = field(default_factory=AnswerHeaders)
    version: str = versions.NEWEST

    @property
    def headers(self) -> dict[str, str]:
        """The request's headers; the gateway writes their names in lower case."""
        return self.event.get("headers") or {}

    @property
    def address(self) -> str:
        """The network address of the client, as the gateway saw it."""
        return str(self.event["requestContext"]["http"].get("sourceIp", ""))

    @property
    def body(self) -> bytes:
        """The request's body, decoded; raises BadRequest when its encoding is broken."""
        text = self.event.get("body") or ""
        if not self.event.get("isBase64Encoded"):
            return str(text).encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise BadRequest("The body is not what its encoding says.") from None

    @property
    def subject(self) -> str:
        """Whom limits and stored answers belong to: the user, their API key, or a hash of a stranger's address."""
        if self.caller:
            return f"key-{self.caller.key.key_id}" if self.caller.key else self.caller.user_id
        return "ip-" + hashlib.blake2b(self.address.encode(), digest_size=12).hexdigest()

    @property
    def country(self) -> str | None:
        """The caller's country (ISO 3166-1) as the edge names it, None where there is no edge."""
        header = settings().country_header
        return self.headers.get(header, "")[:2].upper() or None if header else None

    @property
    def client(self) -> str:
        """A hash by which requests of one program on one network are told from others, and nobody is found by.

        It is taken of the network (/24 or /48) and of what the program says of itself, never of a whole address.
        """
        said = [self.headers.get(name, "") for name in ("user-agent", "accept-language", "accept-encoding")]
        return hashlib.blake2b("\n".join([network_of(self.address), *said]).encode(), digest_size=8).hexdigest()

    def cookie(self, name: str) -> str | None:
        """Read a request cookie from the gateway's list or, failing that, from the header."""
        cookies = self.event.get("cookies") or self.headers.get("cookie", "").split(";")
        pairs = (cookie.strip().partition("=") for cookie in cookies)
        return next((value for key, _, value in pairs if key == name), None)


def network_of(address: str) -> str:
    """Return the network around an address, /24 or of IPv6 /48; what is no address stands for itself."""
    try:
        prefix = 24 if ipaddress.ip_address(address).version == 4 else 48
        return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
    except ValueError:
        return address


_current: ContextVar[Exchange] = ContextVar("lyceum_exchange")


def current() -> Exchange:
    """Return the exchange in progress."""
    return _current.get()


def country() -> str | None:
    """Return the country that the edge names of the request in progress; None where it names none or there is none."""
    asked = _current.get(None)
    return asked.country if asked else None


def saves_data() -> bool:
    """Say whether the caller asks for what costs little to fetch (`Save-Data: on`; Save Data API, draft of 2020)."""
    return current().headers.get("save-data", "").strip().lower() == "on"


def begin(exchange: Exchange) -> None:
    """Make an exchange the one in progress."""
    _current.set(exchange)


def _caller() -> Principal:
    caller = current().caller
    if caller is None:
        raise Unauthenticated("Sign in first.")
    return caller


def _maybe_caller() -> Principal | None:
    return current().caller


def _answer() -> AnswerHeaders:
    return current().answer


def _address() -> str:
    return current().address


def _if_match() -> int | None:
    given = current().headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    match = re.fullmatch(r'(?:W/)?"(\d+)-[0-9a-f]+"', given.strip())
    if not match:
        raise BadRequest("If-Match must hold the ETag of an earlier answer.")
    return int(match.group(1))


def _last_event_id() -> str | None:
    return current().headers.get("last-event-id")


Caller = Annotated[Principal, Depends(_caller)]
"""The signed-in caller."""

MaybeCaller = Annotated[Principal | None, Depends(_maybe_caller)]
"""The caller, or None for an anonymous one."""

Answer = Annotated[AnswerHeaders, Depends(_answer)]
"""Headers and cookies of the answer."""

Address = Annotated[str, Depends(_address)]
"""The client's network address."""

IfMatch = Annotated[int | None, Depends(_if_match)]
"""The version that the caller read, from If-Match (RFC 9110, 13.1.1)."""

Forced = Annotated[bool, Query(description="Whether an admin deletes it though there are grades.")]
"""Whether something goes with what depends on it, which takes the right to manage all of its kind."""

LastEventId = Annotated[str | None, Depends(_last_event_id)]
"""The last event that a client of a stream has seen, from Last-Event-ID (HTML, server-sent events)."""
