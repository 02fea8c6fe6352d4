"""The door of a tenant: closed for everybody while it is suspended, and for roles away from their networks.

It follows from the configuration that a process knows: it costs no request and closes everywhere within ten seconds.
"""

import ipaddress
from collections.abc import Sequence

from lyceum.kit import context
from lyceum.kit.configuration import known
from lyceum.kit.errors import Forbidden
from lyceum.kit.identity.permissions import Role

OPEN = "active"


def admit(tenant: str, role: Role | None, address: str) -> None:
    """Let somebody of a role, or a stranger, come in from an address.

    Raises Forbidden ORGANIZATION_SUSPENDED or ADDRESS_NOT_ALLOWED.
    """
    organization = known.of(tenant).organization
    if organization is None:
        return
    require_open(str(organization.state))
    ranges = organization.addresses.get(role.value) if role else None
    if ranges and not is_within(address, ranges):
        raise Forbidden("Your role is not admitted from this address.", code="ADDRESS_NOT_ALLOWED")


def admit_stranger(tenant: str) -> None:
    """Let somebody who is not signed in come to a host; the main tenant is never closed."""
    if tenant != context.MAIN_TENANT:
        admit(tenant, None, "")


def require_method(method: str) -> None:
    """Raise Forbidden SIGN_IN_METHOD_OFF where people of the current tenant sign in by other ways alone."""
    if not is_method(method):
        raise Forbidden("People of this organisation sign in another way.", code="SIGN_IN_METHOD_OFF")


def is_method(method: str) -> bool:
    """Say whether people of the current tenant sign in by a way; without a choice of its own they do by all."""
    organization = known.of(context.tenant()).organization
    return not organization or not organization.sign_in_methods or method in organization.sign_in_methods


def require_open(state: str) -> None:
    """Raise Forbidden ORGANIZATION_SUSPENDED unless a tenant in this state lets people in."""
    if state != OPEN:
        raise Forbidden("This organisation is closed for now.", code="ORGANIZATION_SUSPENDED")


def is_within(address: str, ranges: Sequence[str]) -> bool:
    """Say whether an address is in one of some networks; an IPv4 address that is written as IPv6 is the same."""
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(own, "ipv4_mapped", None)
    return any((mapped or own) in ipaddress.ip_network(each) for each in ranges)
