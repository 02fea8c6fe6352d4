"""The audit trail as administrators read it: one query for each filter, the newest first."""

from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit.table import Slice, batch_fetch, find
from lyceum.model.audit import AuditEvent, AuditLink, first_id, last_id

from functions.compliance.audit.schemas import AuditEventView, AuditQuery


def page(query: AuditQuery) -> Slice[AuditEvent]:
    """Read a page of the trail by subject, actor, action or time (1 storage request; by action alone 2).

    The narrowest filter that has a key is queried, in that order, and the others narrow what it finds. By action alone
    events are found through their links, so up to a minute late.
    """
    span = {
        "from_sort": first_id(query.since) if query.since else None,
        "to_sort": last_id(query.until) if query.until else None,
    }
    options: dict[str, Any] = {"limit": query.limit, "after": query.start_key(), "descending": True, **span}
    if query.subject_id:
        where = _all(_is_actor(query), _is_action(query))
        return find(AuditEvent, subject_id=query.subject_id, where=where, **options)
    if query.actor_id:
        return find(AuditEvent, index="gsi1", actor_id=query.actor_id, where=_all(_is_action(query)), **options)
    if query.action:
        links = find(AuditLink, index="gsi1", action=query.action, **options)
        named = [AuditEvent.at(subject_id=link.subject_id, audit_id=link.audit_id) for link in links.items]
        return Slice([each for each in batch_fetch(named) if isinstance(each, AuditEvent)], links.last_key)
    return find(AuditEvent, index="gsi2", **options)


def view(event: AuditEvent) -> AuditEventView:
    """Show an event."""
    return AuditEventView(
        audit_id=event.audit_id,
        at=event.happened_at,
        action=event.action,
        actor_id=event.actor_id,
        subject_id=event.subject_id,
        before=event.before or {},
        after=event.after or {},
        reason=event.reason,
        correlation_id=event.correlation_id,
        is_erased=event.is_erased,
    )


def _is_actor(query: AuditQuery) -> Condition | None:
    return AuditEvent.actor_id == query.actor_id if query.actor_id else None


def _is_action(query: AuditQuery) -> Condition | None:
    return AuditEvent.action == query.action if query.action else None


def _all(*conditions: Condition | None) -> Condition | None:
    joined = None
    for condition in conditions:
        if condition is not None:
            joined = condition if joined is None else joined & condition
    return joined
