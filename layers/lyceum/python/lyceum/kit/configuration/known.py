"""What a process knows of tenants' configuration: read in one request, and again after ten seconds.

So nothing waits for it on the warm path, and a change is in force everywhere within that time. One that can not be read
is taken as it was for a minute; then the door closes, because a permission may have been taken away.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.configuration.records import FeatureFlag, Organization, RoleSet, SettingValues
from lyceum.kit.errors import Unavailable
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import role_sets
from lyceum.kit.identity.permissions import Permission, Role
from lyceum.kit.table import fetch_partition
from lyceum.kit.telemetry import collector

FRESH = timedelta(seconds=10)
"""How old what a function knows may be before it asks again."""
CLOSED_AFTER = timedelta(seconds=60)
"""How long a function goes on with what it knows while it can not be read."""
_MOST_TENANTS = 500
_PERMISSIONS = {permission.value: permission for permission in Permission}
logger = Logger()


@frozen
class Configuration:
    """The configuration of one tenant, as it was read at a moment."""

    read_at: datetime
    permissions: Mapping[Role, frozenset[Permission]] = field(default_factory=dict)
    flags: Mapping[str, FeatureFlag] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    organization: Organization | None = None


_known: OrderedDict[str, Configuration] = OrderedDict()


def of(tenant: str) -> Configuration:
    """Return a tenant's configuration, at most ten seconds old (at most 1 request, counted apart).

    Raises Unavailable when it could not be read for a minute.
    """
    found = _known.get(tenant)
    now = clock.now()
    if found is not None and found.read_at <= now < found.read_at + FRESH:
        collector.tally("cache.configuration.hit")
        return found
    collector.tally("cache.configuration.miss")
    try:
        found = _read(tenant, now)
    except Exception as error:
        if found is None or abs(now - found.read_at) > CLOSED_AFTER:
            raise Unavailable from error
        logger.warning("configuration not read", extra={"tenant": tenant})
        return found
    _known[tenant] = found
    _known.move_to_end(tenant)
    role_sets.enter(tenant, found.permissions)
    if len(_known) > _MOST_TENANTS:
        role_sets.leave(_known.popitem(last=False)[0])
    return found


def forget(tenant: str | None = None) -> None:
    """Forget what is known of a tenant that was just changed, or of all, as a new process does."""
    for name in [tenant] if tenant else list(_known):
        _known.pop(name, None)
        role_sets.leave(name)


def _read(tenant: str, now: datetime) -> Configuration:
    with context.working(context.RequestContext(tenant)):
        items = fetch_partition(RoleSet)
    permissions = {Role(item.role): _set_of(item) for item in items if isinstance(item, RoleSet)}
    flags = {str(item.flag): item for item in items if isinstance(item, FeatureFlag)}
    values: dict[str, Any] = next((item.values for item in items if isinstance(item, SettingValues)), {})
    organization = next((item for item in items if isinstance(item, Organization)), None)
    return Configuration(now, permissions, flags, values, organization)


def _set_of(item: RoleSet) -> frozenset[Permission]:
    """Return the permissions of a stored role; names that the product has no more are passed over."""
    return frozenset(_PERMISSIONS[name] for name in item.permissions if name in _PERMISSIONS)
