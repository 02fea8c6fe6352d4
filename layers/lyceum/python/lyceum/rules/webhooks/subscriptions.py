"""What a webhook needs before it can be made: an address that may be called, and room among the others."""

from urllib.parse import urlsplit

from lyceum.kit.errors import rule_violation
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.kit.table import find
from lyceum.model.webhooks import Webhook

MOST = 40
"""Webhooks of a tenant, so that an event reaches all of them in one transaction."""
SEALED = "webhook secret"
"""The purpose for which secrets are sealed."""


def every() -> list[Webhook]:
    """Return the tenant's webhooks (1 storage request)."""
    return find(Webhook, limit=MOST).items


def require_room(count: int = 1) -> None:
    """Refuse more webhooks than a tenant may have (1 storage request); raises RuleViolation TOO_MANY_WEBHOOKS."""
    if len(every()) + count > MOST:
        raise rule_violation("TOO_MANY_WEBHOOKS", f"There are {MOST} webhooks at most.")


def checked(url: str, field: str = "url") -> str:
    """Return an address as it is called; raises RuleViolation WEBHOOK_ADDRESS_REFUSED for one that is not."""
    try:
        read = client().read(url)
    except AddressRefused as refusal:
        raise rule_violation("WEBHOOK_ADDRESS_REFUSED", str(refusal), field=field) from refusal
    if read.authority == urlsplit(settings().api_url).netloc:
        raise rule_violation("WEBHOOK_ADDRESS_REFUSED", "The product does not call itself.", field=field)
    return str(read)
