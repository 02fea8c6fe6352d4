"""The one way to call an address that somebody gave.

It is read strictly, its host is resolved once, every address that the host has must be public, and the connection goes
to one of the addresses that were checked, so a name that changes meanwhile changes nothing. The host still has to prove
by its certificate that it is who was called. A redirect is an answer like any other. Time and size are bounded as a
whole.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import field
from functools import cache
from http.client import HTTPResponse
from typing import Literal

from lyceum.kit.frozen import frozen
from lyceum.kit.outgoing import networks, urls
from lyceum.kit.outgoing.connection import Deadline, PinnedConnection, usual_trust
from lyceum.kit.outgoing.errors import AddressRefused, TimedOut, Unreachable
from lyceum.kit.settings import settings

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
Resolver = Callable[[str, int], Sequence[str]]
_MOST_ADDRESSES = 4
_CHUNK_BYTES = 8 * 1024
_FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
"""Headers that are the client's own: they say where a request goes and where it ends."""


@frozen
class Reply:
    """What a host answered: header names in lower case, and of the body at most so much as was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool

    @property
    def is_success(self) -> bool:
        """Whether the host took the request (2xx)."""
        return 200 <= self.status < 300


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host in the order in which to try them; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@frozen
class OutgoingClient:
    """Calls addresses outside.

    Attributes:
        ports: The ports that are called.
        own_domain: The product's own domain, which is not called.
        loopback: Whether this machine is called, too, by `localhost` and at any port: for a local stack.
        connect_seconds: How long each address of a host is waited for.
        read_seconds: How long is waited for each part of an answer.
        total_seconds: How long a call takes at most, from the name to the last byte.
        most_bytes: How much of an answer's body is read.
        resolver: Who turns a host into addresses.
        admits: Which addresses may be called.
        trust: Whose certificates hold; None for those that the machine trusts.
    """

    ports: frozenset[int] = frozenset({urls.HTTPS_PORT})
    own_domain: str = ""
    loopback: bool = False
    connect_seconds: float = 5
    read_seconds: float = 15
    total_seconds: float = 20
    most_bytes: int = 64 * 1024
    resolver: Resolver = resolve
    admits: Callable[[networks.Address], bool] = networks.is_public
    trust: ssl.SSLContext | None = field(default=None, repr=False)

    def read(self, address: str) -> urls.Url:
        """Read an address without calling anybody, as when it is given; raises AddressRefused."""
        return urls.parse(address, ports=self.ports, own_domain=self.own_domain, loopback=self.loopback)

    def call(
        self, method: Method, address: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request, once, and return the answer; raises AddressRefused, Unreachable, TimedOut or Untrusted.

        After Unreachable and its kinds the request may have been received all the same. Raises ValueError for headers
        that are the client's own.
        """
        url = self.read(address)
        if taken := _FRAMING & {name.lower() for name in headers or {}}:
            raise ValueError(f"these headers are the client's own: {sorted(taken)}")
        own = {"Host": url.authority, "Accept-Encoding": "identity", "Connection": "close"}
        deadline = Deadline(self.total_seconds)
        addresses = self._checked(url, deadline)
        try:
            with deadline.translated(), closing(self._connect(url, addresses, deadline)) as connection:
                connection.secure()
                connection.sock.settimeout(min(self.read_seconds, deadline.left()))
                connection.request(method, url.target, body=body, headers={**(headers or {}), **own})
                return self._read_reply(connection.getresponse(), deadline)
        finally:
            deadline.lift()

    def _checked(self, url: urls.Url, deadline: Deadline) -> list[networks.Address]:
        found = self._resolved(url, deadline)
        try:
            addresses = [networks.parse(text) for text in found]
        except ValueError as error:
            raise AddressRefused("This host is not called.") from error
        is_here = self.loopback and url.is_loopback
        if not all(self.admits(each) or (is_here and each.is_loopback) for each in addresses):
            raise AddressRefused("This host is not called.")
        return addresses[:_MOST_ADDRESSES]

    def _resolved(self, url: urls.Url, deadline: Deadline) -> Sequence[str]:
        pool = ThreadPoolExecutor(1)
        try:
            found = pool.submit(self.resolver, url.host.strip("[]"), url.port).result(deadline.left())
        except TimeoutError:
            raise TimedOut(f"{url.host} was not found in time") from None
        except OSError as error:
            raise Unreachable(f"{url.host} has no address") from error
        finally:
            pool.shutdown(wait=False)
        if not found:
            raise Unreachable(f"{url.host} has no address")
        return found

    def _connect(self, url: urls.Url, addresses: Sequence[networks.Address], deadline: Deadline) -> PinnedConnection:
        """Open a connection to the first of the addresses that takes one."""
        trust = (self.trust or usual_trust()) if url.scheme == "https" else None
        failure: OSError | None = None
        for address in addresses:
            connection = PinnedConnection(url.host.strip("[]"), url.port, address=str(address), trust=trust)
            try:
                connection.connect_within(self.connect_seconds, deadline)
            except OSError as error:
                failure = error
            else:
                return connection
        raise failure or Unreachable(f"{url.host} has no address")

    def _read_reply(self, answer: HTTPResponse, deadline: Deadline) -> Reply:
        kept = bytearray()
        while len(kept) <= self.most_bytes and (chunk := answer.read1(_CHUNK_BYTES)):
            kept += chunk
            deadline.left()
        deadline.left()
        is_whole = len(kept) <= self.most_bytes
        if is_whole and answer.length:
            raise Unreachable("the answer was cut short")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, headers, bytes(kept[: self.most_bytes]), is_whole=is_whole)


@cache
def client() -> OutgoingClient:
    """Return the client of this process, as its settings say: this machine is called on the local stage alone."""
    here = settings()
    return OutgoingClient(
        own_domain="" if here.domain == "localhost" else here.domain,
        loopback=here.is_local and here.outgoing_loopback,
    )
