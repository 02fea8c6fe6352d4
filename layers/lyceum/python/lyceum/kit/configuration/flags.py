"""Feature flags: whom a feature is on for, by rules that give the same answer each time.

A user's place follows from a hash of flag and user alone, so a percentage that rises adds users and takes none away,
and two flags part people differently. A tenant's own flag goes before the deployment's of the same name, which stands
in the main tenant.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from lyceum.kit import clock, context
from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import FeatureFlag
from lyceum.kit.frozen import frozen
from lyceum.kit.identity.principal import Principal
from lyceum.kit.telemetry import collector

OFF = "off"
ON = "on"
_PARTS = 10_000


@frozen
class Subject:
    """Whom a flag is asked about."""

    user_id: str
    role: str
    tenant: str

    @classmethod
    def of(cls, caller: Principal) -> "Subject":
        """Return a caller as flags see them."""
        return cls(caller.user_id, caller.role.value, caller.tenant)


def variant(flag: str, caller: Principal) -> str:
    """Return the variant of a flag for a caller: `off`, `on` or one of its own; an unknown flag is off.

    Costs no request while what is known is fresh, and is counted by variant.
    """
    found = _declared(caller.tenant).get(flag)
    answer = evaluate(found, Subject.of(caller), clock.now()) if found else OFF
    if found:
        collector.tally(f"flag.{flag}.{answer}", caller.tenant)
    return answer


def is_on(flag: str, caller: Principal) -> bool:
    """Say whether a feature is on for a caller."""
    return variant(flag, caller) != OFF


def all_for(caller: Principal) -> dict[str, str]:
    """Return the variant of every flag for a caller, by name."""
    return {name: variant(name, caller) for name in sorted(_declared(caller.tenant))}


def _declared(tenant: str) -> Mapping[str, FeatureFlag]:
    own = known.of(tenant).flags
    return own if tenant == context.MAIN_TENANT else {**known.of(context.MAIN_TENANT).flags, **own}


def evaluate(flag: FeatureFlag, subject: Subject, moment: datetime) -> str:
    """Return the variant that a flag's rules give somebody at a moment."""
    if not flag.is_enabled or not _is_running(flag, moment):
        return OFF
    if subject.user_id not in flag.users:
        if flag.roles and subject.role not in flag.roles:
            return OFF
        if flag.tenants and subject.tenant not in flag.tenants:
            return OFF
        if place(flag.flag, subject.user_id) >= int(flag.percentage * 100):
            return OFF
    return _variant_of(flag, subject.user_id)


def place(flag: str, user_id: str) -> int:
    """Return a user's place among ten thousand, the same for ever."""
    digest = hashlib.sha256(f"{flag}\0{user_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % _PARTS


def _is_running(flag: FeatureFlag, moment: datetime) -> bool:
    has_begun = flag.starts_at is None or flag.starts_at <= moment
    return has_begun and (flag.ends_at is None or moment < flag.ends_at)


def _variant_of(flag: FeatureFlag, user_id: str) -> str:
    total = sum(each["weight"] for each in flag.variants)
    if not total:
        return ON
    left = place(f"{flag.flag}\0variant", user_id) * total // _PARTS
    for each in flag.variants:
        left -= each["weight"]
        if left < 0:
            return str(each["name"])
    return ON
