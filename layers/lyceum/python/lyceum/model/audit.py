"""The audit trail: what was done to somebody or something, by whom, when and why. Written once, never changed."""

from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from lyceum.kit import context, ids
from lyceum.kit.table.entity import Entity, Index, Keys


class AuditEvent(Entity, discriminator="audit_event"):
    """One act, stored in the transaction of the change itself; read by subject or by actor, in the order of time.

    - `subject_id`: what or whom it was done to.
    - `actor_id`: who did it.
    - `action`: `noun.verb`, such as `user.suspend`.
    - `before`, `after`: JSON values of what changed, without secrets.
    - `reason`: as the actor gave it.
    - `correlation_id`: of the request that did it, as in the logs.
    """

    keys = Keys("AUDIT#{subject_id}", "{audit_id}", gsi1=Index("AUDIT#{actor_id}", "{audit_id}"))
    noun = "audit event"

    audit_id = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    action = UnicodeAttribute()
    before: Any = JSONAttribute(default=dict)
    after: Any = JSONAttribute(default=dict)
    reason = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute()


def audit(
    action: str, subject_id: str, *, before: dict[str, Any], after: dict[str, Any], reason: str | None = None
) -> AuditEvent:
    """Describe an act of the current actor, to be created in the unit that carries it out.

    `before` and `after` are JSON values.
    """
    work = context.current()
    return AuditEvent(
        audit_id=ids.new_id(),
        subject_id=subject_id,
        actor_id=work.actor,
        action=action,
        before=before,
        after=after,
        reason=reason,
        correlation_id=work.correlation_id,
    )
