"""Where a sign-in comes from: address, network, country and device."""

import hashlib
import ipaddress

from lyceum.kit.frozen import frozen
from lyceum.kit.http.exchange import current
from lyceum.kit.settings import settings

DEVICE_COOKIE = "device"


@frozen
class ClientContext:
    """What a request tells of its sender; `device_token` is what an earlier sign-in on the device left there."""

    address: str
    user_agent: str | None
    country: str | None
    device_token: str | None

    @property
    def network(self) -> str:
        """The network around the address, /24 or /48, hashed; an address that is none stands for itself."""
        try:
            prefix = 24 if ipaddress.ip_address(self.address).version == 4 else 48
            network = str(ipaddress.ip_network(f"{self.address}/{prefix}", strict=False))
        except ValueError:
            network = self.address
        return short_hash(network)

    @property
    def address_range(self) -> str:
        """The range that failures are counted by, hashed: the address itself, of IPv6 its first 64 bits."""
        try:
            prefix = 32 if ipaddress.ip_address(self.address).version == 4 else 64
            found = str(ipaddress.ip_network(f"{self.address}/{prefix}", strict=False))
        except ValueError:
            found = self.address
        return f"range-{short_hash(found)}"

    @property
    def device_hash(self) -> str | None:
        """The hash by which the device is stored."""
        return short_hash(self.device_token) if self.device_token else None


def of_request(device_token: str | None) -> ClientContext:
    """Return what the request in progress tells of its sender; a device token in the body goes before the cookie."""
    asked = current()
    agent = asked.headers.get("user-agent", "")[:300]
    header = settings().country_header
    country = asked.headers.get(header, "")[:2].upper() if header else ""
    return ClientContext(asked.address, agent or None, country or None, device_token or asked.cookie(DEVICE_COOKIE))


def requester() -> str:
    """Return the hashed range of addresses that the request in progress comes from."""
    return of_request(None).address_range


def short_hash(text: str) -> str:
    """Return 24 hexadecimal digits of a text's BLAKE2b hash (RFC 7693)."""
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
