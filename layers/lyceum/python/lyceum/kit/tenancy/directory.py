"""Looking tenants up: by name, by host, and all of them. What was looked up is known to a process for a minute.

The main tenant is always there. The others are those that were made; no name that a request brings along makes one.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from lyceum.kit import clock, context
from lyceum.kit.settings import settings
from lyceum.kit.table import find
from lyceum.kit.telemetry import collector
from lyceum.kit.tenancy.records import Tenant, TenantHost

T = TypeVar("T")
KNOWN_FOR = timedelta(minutes=1)
STAYS_FOR = timedelta(minutes=15)
"""How long what was found holds while it can not be looked up anew: tenants do not come and go within an outage."""
_MOST_KNOWN = 1000
_NEARBY = (".local", ".internal", ".home.arpa")
_GATEWAY = (".execute-api.", ".amazonaws.com")


class _Known(Generic[T]):
    """What a process looked up lately, found or not; of a thousand the oldest goes, so strange names fill nothing."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, tuple[datetime, T | None]] = OrderedDict()

    def get(self, name: str, look_up: Callable[[], T | None]) -> T | None:
        """Return what is known of a name, looked up anew after a minute, apart from the request's own storage use."""
        now = clock.now()
        at, found = self._found.get(name, (None, None))
        is_old = at is None or abs(now - at) > KNOWN_FOR
        collector.tally("cache.tenants.miss" if is_old else "cache.tenants.hit")
        if is_old:
            try:
                with context.working(context.RequestContext(context.MAIN_TENANT)):
                    found = look_up()
            except Exception:
                if at is None or abs(now - at) > STAYS_FOR:
                    raise
                return found
            self._found[name] = now, found
        self._found.move_to_end(name)
        if len(self._found) > _MOST_KNOWN:
            self._found.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()


_tenants: _Known[Tenant] = _Known()
_hosts: _Known[TenantHost] = _Known()


def forget() -> None:
    """Forget what is known, as a new process does; for snapshots and tests."""
    _tenants.clear()
    _hosts.clear()


def named(name: str) -> Tenant | None:
    """Return a tenant by its name; the main one is there whether it was ever written or not (at most 1 request)."""
    found = _tenants.get(name, lambda: Tenant.fetch(tenant_name=name))
    return found or (Tenant(tenant_name=name) if name == context.MAIN_TENANT else None)


def counts_as_minor_when_unknown() -> bool:
    """Say whether somebody of the current tenant counts as a minor while their age is not known."""
    tenant = named(context.tenant())
    return tenant is None or tenant.unknown_age == "minor"


def lets_minors_write_classmates() -> bool:
    """Say whether minors of the current tenant and their classmates may write to each other."""
    tenant = named(context.tenant())
    return tenant is None or tenant.minor_contacts == "classmates"


def of_host(host: str) -> str | None:
    """Name the tenant of a host, as an HTTP header has it; None for a host that is nobody's (at most 1 request).

    The deployment's own addresses are the main tenant's, `harbour.<domain>` is that of `harbour` where it was made, and
    any other host has to be written down as a tenant's. A local stage is reached by whatever address it has nearby.
    """
    name = host.rsplit(":", 1)[0].lower().rstrip(".")
    if _is_of_deployment(name):
        return context.MAIN_TENANT
    label = name.removesuffix(f".{settings().domain}")
    if label != name:
        return label if is_name(label) and named(label) else None
    found = _hosts.get(name, lambda: TenantHost.fetch(host=name)) if _is_host(name) else None
    if found:
        return str(found.tenant_name)
    return context.MAIN_TENANT if settings().is_local and _is_near(name) else None


def _is_of_deployment(name: str) -> bool:
    own = {settings().domain, settings().api_host, *(urlsplit(each).hostname for each in _addresses())} - {""}
    return name in own or (_GATEWAY[0] in name and name.endswith(_GATEWAY[1]))


def _addresses() -> tuple[str, str]:
    return settings().issuer, settings().api_url


def api_address() -> str:
    """Return where the current tenant's API is called: below the deployment's domain, by a host of its own."""
    own, tenant = settings().api_url.rstrip("/"), context.tenant()
    if tenant == context.MAIN_TENANT:
        return own
    parts = urlsplit(own)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{tenant}.{settings().domain}{port}{parts.path}"


def is_name(text: str) -> bool:
    """Say whether a text may name a tenant: a label of a host, such as `harbour`."""
    return text.isascii() and text.replace("-", "").isalnum() and len(text) <= 63 and not text.startswith("-")


def _is_near(name: str) -> bool:
    """Say whether a host is a number, one word, or a name of a home network: so devices nearby reach a local stage."""
    is_number = name.startswith("[") or name.replace(".", "").isdigit()
    return is_number or name.endswith(_NEARBY) or (name != "" and "." not in name)


def _is_host(text: str) -> bool:
    return 0 < len(text) <= 253 and all(is_name(label) for label in text.split("."))


def listed() -> list[Tenant]:
    """Return every tenant, the main one among them (1 storage request for a hundred)."""
    tenants: list[Tenant] = []
    after = None
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        while True:
            found = find(Tenant, after=after)
            tenants += found.items
            after = found.last_key
            if after is None:
                break
    return tenants or [Tenant(tenant_name=context.MAIN_TENANT, created_at=clock.now())]
