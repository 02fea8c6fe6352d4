"""An address that somebody gave, read once and strictly, so that no two readers see different hosts in it."""

import re

from lyceum.kit.frozen import frozen
from lyceum.kit.outgoing.errors import AddressRefused

HTTPS_PORT = 443
_LONGEST = 2048
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?#@:\[\]%\\]+|\[::1\])(?::(?P<port>[0-9]{1,5}))?(?P<target>[/?][!$-;=?-Z_a-z~]*)?",
    re.IGNORECASE | re.DOTALL,
)
"""Of a path and query the characters of RFC 3986 (3.3, 3.4) and no fragment, which is never sent."""
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INSIDE = ("localhost", "local", "internal", "intranet", "home.arpa", "lan", "onion", "invalid")
"""Names that never lead outside (RFC 6761, 6762, 7686, 8375, and what networks use by custom)."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@frozen
class Url:
    """An address taken apart: `host` in ASCII and lower case, `target` as the request line has it."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host, with the port where it is not the usual one: what the Host header says."""
        return self.host if self.port == _USUAL[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port (RFC 6454, 6.2)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def is_loopback(self) -> bool:
        """Whether it leads to this machine by name."""
        return self.host in _LOOPBACK

    def __str__(self) -> str:
        """The address as it is called."""
        return self.origin + self.target


_USUAL = {"https": HTTPS_PORT, "http": 80}


def parse(
    text: str, *, ports: frozenset[int] = frozenset({HTTPS_PORT}), own_domain: str = "", loopback: bool = False
) -> Url:
    """Read an address that may be called: https, a host with a dot that is no number, one of `ports`, no user.

    Neither `own_domain` nor a name below it is one. With `loopback` this machine is, too, at any port and by http.
    Raises AddressRefused, whose text says why and may be shown to who gave the address.
    """
    if len(text) > _LONGEST:
        raise AddressRefused(f"An address has at most {_LONGEST} characters.")
    found = _URL.fullmatch(text)
    if found is None or _PERCENT.search(text):
        raise AddressRefused("This is no address of the form https://host/path.")
    scheme, given, port = found["scheme"].lower(), found["host"], found["port"]
    url = Url(scheme, given.lower(), int(port) if port else _USUAL[scheme], _target(found["target"] or "/"))
    if loopback and url.is_loopback and 0 < url.port < 65_536:
        return url
    if scheme != "https":
        raise AddressRefused("The address must begin with https.")
    if url.port not in ports:
        raise AddressRefused("This port is not called.")
    return Url(scheme, _public_host(given, own_domain), url.port, url.target)


def _target(given: str) -> str:
    return given if given.startswith("/") else f"/{given}"


def _public_host(given: str, own_domain: str) -> str:
    host = _to_ascii(given)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("This is no host name.")
    if len(labels) < 2 or _NUMBER.fullmatch(labels[-1]):  # that is an address (URL Standard, 3.5)
        raise AddressRefused("Name the host by its full name.")
    inside = (*_INSIDE, own_domain) if own_domain else _INSIDE
    if any(host == name or host.endswith(f".{name}") for name in inside):
        raise AddressRefused("This host is not called.")
    return host


def _to_ascii(host: str) -> str:
    """Write a host name in ASCII (IDNA 2008, prepared by UTS 46)."""
    if host.isascii():
        host = host.lower()
        if not any(label.startswith("xn--") for label in host.split(".")):
            return host
    import idna

    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode().lower()
    except UnicodeError:
        raise AddressRefused("This is no host name.") from None
