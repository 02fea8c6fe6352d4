"""Addresses that take no mail: those that bounced for good, and those whose owners complained.

Only a hash of an address is kept. Mail to an address that bounced harms every other reader's, so nothing is sent there;
after a complaint, what is mandatory still is.
"""

import hashlib
from typing import Literal

from lyceum.kit.table import Unit
from lyceum.model.notifications.deliveries import Suppression

from functions.notifications.channels.delivery_lease import DeliveryCancelled

Cause = Literal["bounce", "complaint"]


def require_open(address: str, *, is_mandatory: bool) -> None:
    """Raise DeliveryCancelled for an address that takes no mail (1 storage request)."""
    found = Suppression.fetch(address_hash=address_hash(address))
    if found and not (is_mandatory and found.reason == "complaint"):
        raise DeliveryCancelled(f"the address takes no mail: {found.reason}")


def suppress(unit: Unit, address: str, cause: Cause) -> None:
    """Add to a unit that an address takes no mail from now on; a bounce outweighs a complaint."""
    name = Suppression.at(address_hash=address_hash(address))
    if cause == "bounce":
        unit.change(
            name, Suppression.reason.set(cause), Suppression.address_hash.set(name.address_hash), or_create=True
        )
    else:
        kept = Suppression.reason.set(Suppression.reason | cause)
        unit.change(name, kept, Suppression.address_hash.set(name.address_hash), or_create=True)


def address_hash(address: str) -> str:
    """Name an address without naming it; capitals make no difference."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()
