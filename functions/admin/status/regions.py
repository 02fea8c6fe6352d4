"""The board of regions: other deployments of the product, whose health is asked each minute."""

from lyceum.kit import context
from lyceum.kit.errors import Conflict, Detail, Forbidden, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.table import Unit, find
from lyceum.model.admin.platform import Region
from lyceum.rules import audits

from functions.admin.status.schemas import AddRegion

MOST_REGIONS = 30


def add(caller: Principal, wanted: AddRegion) -> Region:
    """Put a region on the board, audited.

    Raises Forbidden for anybody but the operator, ValidationFailed for an address that is not called, Conflict for a
    region that is on the board.
    """
    if caller.tenant != context.MAIN_TENANT:
        raise Forbidden("The operator of the deployment adds regions.")
    try:
        client().read(wanted.url)
    except AddressRefused:
        detail = Detail("url", "This address is not called; give a public one with https.")
        raise ValidationFailed("Some fields are missing or wrong.", details=[detail]) from None
    if len(find(Region, limit=MOST_REGIONS).items) >= MOST_REGIONS:
        raise rule_violation("TOO_MANY_REGIONS", f"There are {MOST_REGIONS} regions already.")
    region = Region(region=wanted.region, title=wanted.title, url=wanted.url)
    refuse = Conflict("This region is on the board already.", code="REGION_EXISTS")
    unit = Unit().create(region, refuse=refuse)
    audits.note(unit, caller.user_id, None, "region.add", wanted.region, after={"url": wanted.url})
    unit.commit()
    return region
