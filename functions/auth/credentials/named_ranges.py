"""Ranges of addresses that administrators know, such as their school's: no range counter closes them."""

import ipaddress

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, Detail, NotFound, ValidationFailed
from lyceum.kit.http import Listing, Page
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.auth import NamedRange

from functions.auth.credentials.schemas import NameRange, RangeView

MOST_RANGES = 50
_SHORTEST_PREFIX = {4: 20, 6: 40}
"""Shorter ones hold whole providers, from where strangers try."""


def covers(address: str) -> bool:
    """Say whether an address lies in a range that the tenant's administrators named (1 storage request)."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(place in ipaddress.ip_network(each.network) for each in _all())


def page(query: Listing) -> Page[RangeView]:
    """Return a page of the tenant's named ranges, in the order in which they were named (1 storage request)."""
    return query.page(find(NamedRange, limit=query.limit, after=query.start_key()), RangeView.model_validate)


def name_range(wanted: NameRange) -> RangeView:
    """Name a range of addresses; raises ValidationFailed for one that is too wide, Conflict when there are fifty."""
    network = ipaddress.ip_network(wanted.network, strict=False)
    if network.prefixlen < _SHORTEST_PREFIX[network.version]:
        message = f"A range has a prefix of {_SHORTEST_PREFIX[network.version]} bits at least."
        raise ValidationFailed(message, details=[Detail("network", message)])
    if len(_all()) >= MOST_RANGES:
        raise Conflict(f"A tenant names {MOST_RANGES} ranges at most.", code="TOO_MANY_RANGES")
    named = NamedRange(range_id=ids.new_id(), name=wanted.name, network=str(network))
    act = audit("sign_in_range.name", named.range_id, before={}, after={"name": named.name, "network": named.network})
    Unit().create(named).create(act).commit()
    return RangeView.model_validate(named)


def remove_range(range_id: str) -> None:
    """Count failures from a range again; raises NotFound when it is not named."""
    named = NamedRange.require(range_id=range_id)
    before = {"name": named.name, "network": named.network}
    unit = Unit().remove(named, when=NamedRange.pk.exists(), refuse=NotFound("There is no such range."))
    unit.create(audit("sign_in_range.remove", range_id, before=before, after={})).commit()


def _all() -> list[NamedRange]:
    return find(NamedRange, limit=MOST_RANGES).items
