"""The templates of tenants as workers know them: read in one request, and again after half a minute."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.table import find_all
from lyceum.messages.catalogue import Wording
from lyceum.model.notifications.templates import NotificationTemplate

from functions.notifications.templates import placeholders

FRESH = timedelta(seconds=30)
"""How old what a worker knows may be before it asks again."""
_MOST_TENANTS = 200
_known: OrderedDict[str, tuple[datetime, Mapping[str, Wording]]] = OrderedDict()
logger = Logger()


def filled(kind: str, channel: str, language: str, values: Mapping[str, str]) -> Wording | None:
    """Return the tenant's own words of a kind on a channel, filled in.

    None where it has none, or has some that can not be filled: the product's own are then said (at most 1 request).
    """
    template_id = f"{kind}.{channel}.{language}"
    own = _of(context.tenant()).get(template_id)
    if own is None:
        return None
    try:
        return placeholders.fill(own, values)
    except (KeyError, ValueError):
        logger.warning("template not filled", extra={"template": template_id})
        return None


def forget() -> None:
    """Forget what is known, as a new process does."""
    _known.clear()


def _of(tenant: str) -> Mapping[str, Wording]:
    found, now = _known.get(tenant), clock.now()
    if found is not None and found[0] <= now < found[0] + FRESH:
        return found[1]
    own = {
        str(each.template_id): Wording(str(each.title), str(each.body))
        for each in find_all(NotificationTemplate)
        if each.is_own
    }
    _known[tenant] = (now, own)
    _known.move_to_end(tenant)
    if len(_known) > _MOST_TENANTS:
        _known.popitem(last=False)
    return own
