"""Every day: warns users whose plans end in 30 days, in 7, in 1 or today, each of them once.

A run that comes late warns of what is true by then: of two warnings that are overdue, only the nearer one is given.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from lyceum.events.payments import PlanExpiring
from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import schedules
from lyceum.kit.table import Unit, find_all
from lyceum.model.entitlements import Entitlement

_DAY = timedelta(days=1)
_WARNINGS = {30: 7, 7: 1, 1: 0, 0: -7}
"""A warning so many days before the end, and the days left at which it is too late for it."""


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Warn of plans that end, in every tenant."""
    schedules.run("plans", _DAY, _warn, lambda_context)


def _warn(day: datetime) -> None:
    for days, too_late in _WARNINGS.items():
        ends_on = (day + days * _DAY).date()
        left = (ends_on - clock.now().date()).days
        if too_late < left <= days:
            for right in find_all(Entitlement, index="gsi1", ends_on=str(ends_on)):
                _tell(right, days, max(0, left))


def _tell(right: Entitlement, warning: int, left: int) -> None:
    named = ids.derived_id(
        right.ends_at - warning * _DAY, "plan", right.user_id, right.product, str(right.ends_on), str(warning)
    )
    event = PlanExpiring(
        event_id=named, user_id=right.user_id, plan=right.plan or "", ends_at=right.ends_at, days_left=left
    )
    with suppress(Conflict):  # it was told by a run before
        Unit().create(OutboxItem.of(event), event).commit()
