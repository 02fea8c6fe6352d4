"""Audit of what staff do to what is not theirs, in the transaction of the act itself."""

from typing import Any

from lyceum.kit.table import Unit
from lyceum.model.audit import audit


def note(
    unit: Unit,
    actor_id: str,
    owner_id: str | None,
    action: str,
    subject_id: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Add the audit of an act to its unit, unless it is done to what is the actor's own.

    `owner_id` is None for what is nobody's or everybody's; `before` and `after` are JSON values without texts that
    people wrote.
    """
    if actor_id != owner_id:
        unit.create(audit(action, subject_id, before=before or {}, after=after or {}, reason=reason))
