"""Connections to an address that was checked, ended when their time is up whatever the other side does.

They are of the standard library: it follows no redirects, unpacks nothing, and is the same wherever a function runs.
"""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from socket import SHUT_RDWR, create_connection, socket

from lyceum.kit.outgoing.errors import TimedOut, Unreachable, Untrusted


class Deadline:
    """When a call must be over. A socket's time-outs bound each wait on it; who sends a byte a second outlasts them."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._watched: list[tuple[threading.Timer, socket]] = []

    def left(self) -> float:
        """Return the seconds that are left; raises TimedOut when there are none."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimedOut("no answer in time")
        return seconds

    def watch(self, connected: socket) -> None:
        """End a connection when time is up."""
        handle = connected.dup()  # the socket itself is taken over by TLS
        timer = threading.Timer(self.left(), _end, [handle])
        timer.daemon = True
        self._watched.append((timer, handle))
        timer.start()

    def lift(self) -> None:
        """Watch no longer."""
        for timer, handle in self._watched:
            timer.cancel()
            handle.close()
        self._watched.clear()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise what goes wrong on the way as an error of this package."""
        try:
            yield
        except (HTTPException, OSError) as error:
            self.left()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise Untrusted("the host's certificate does not hold") from error
            if isinstance(error, TimeoutError):
                raise TimedOut("no answer in time") from error
            raise Unreachable("the connection failed") from error


def _end(handle: socket) -> None:
    with suppress(OSError):  # it is over already
        handle.shutdown(SHUT_RDWR)


class PinnedConnection(HTTPConnection):
    """A connection to one address. With `trust` it is by TLS, and who answers must prove to be `host`."""

    auto_open = 0
    """It never looks for the host itself."""

    def __init__(self, host: str, port: int, *, address: str, trust: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        self._address = address
        self._trust = trust

    def connect_within(self, seconds: float, deadline: Deadline) -> None:
        """Connect, waiting so long for each step; raises OSError."""
        self.sock = create_connection((self._address, self.port), min(seconds, deadline.left()))
        deadline.watch(self.sock)

    def secure(self) -> None:
        """Speak TLS from here on, where it is spoken; raises OSError."""
        if self._trust:
            self.sock = self._trust.wrap_socket(self.sock, server_hostname=self.host)


@cache
def usual_trust() -> ssl.SSLContext:
    """Return whose certificates this machine trusts, from TLS 1.2 on."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
