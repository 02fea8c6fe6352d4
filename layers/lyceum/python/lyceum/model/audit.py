"""The audit trail: what was done to somebody or something, by whom, when and why. Written once, never changed.

Each event is linked into the chain of its day, which holds ids and hashes alone: the erasure of a person leaves it
whole. The root of a day that is over is signed and kept in the bucket.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from ulid import ULID

from lyceum.kit import clock, context, ids
from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class AuditEvent(Entity, discriminator="audit_event"):
    """One act, stored in the transaction of the change itself; read by subject, by actor or all, in the order of time.

    - `subject_id`: what or whom it was done to.
    - `actor_id`: who did it.
    - `action`: `noun.verb`, such as `user.suspend`.
    - `before`, `after`: JSON values of what changed, without secrets.
    - `reason`: as the actor gave it.
    - `correlation_id`: of the request that did it, as in the logs.
    - `salt`: goes into the hash of what an erasure removes, and goes with it: nobody can then try what the hash was of.
    """

    keys = Keys(
        "AUDIT#{subject_id}",
        "{audit_id}",
        gsi1=Index("AUDIT#{actor_id}", "{audit_id}"),
        gsi2=Index("AUDITED#all", "{audit_id}"),
    )
    noun = "audit event"

    audit_id = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    action = UnicodeAttribute()
    before: Any = JSONAttribute(default=dict)
    after: Any = JSONAttribute(default=dict)
    reason = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute()
    salt = UnicodeAttribute(null=True)

    @property
    def happened_at(self) -> datetime:
        """When the act was done, to the millisecond: its id tells, by which it is also found."""
        return ULID.from_str(self.audit_id).datetime

    @property
    def is_erased(self) -> bool:
        """Whether an erasure took away what the event says of a person."""
        return self.salt is None

    def hash_of_facts(self) -> str:
        """Return the hash of what stays for good: who did what to whom, and when."""
        facts = [self.audit_id, self.subject_id, self.actor_id, self.action, self.correlation_id]
        return hash_of([*facts, clock.iso(self.created_at)])

    def hash_of_details(self) -> str | None:
        """Return the keyed hash (RFC 2104) of what an erasure removes; None once it is gone."""
        if self.salt is None:
            return None
        details = _canonical([self.before, self.after, self.reason])
        return hmac.new(self.salt.encode(), details, hashlib.sha256).hexdigest()


class AuditLink(Entity, discriminator="audit_link"):
    """A link of a day's chain (UTC): one event, by id and hashes; the index finds the events of an action.

    - `place`: its place in the chain, from 1.
    - `facts`, `details`: the hashes of the event as it was when it was linked.
    - `previous`, `hash`: of the link before, and of this one.
    """

    keys = Keys("AUDITCHAIN#{day}", "{audit_id}", gsi1=Index("AUDITACTION#{action}", "{audit_id}"))
    noun = "audit link"

    day = UnicodeAttribute()
    audit_id = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    action = UnicodeAttribute()
    place = NumberAttribute()
    facts = UnicodeAttribute()
    details = UnicodeAttribute(null=True)
    previous = UnicodeAttribute()
    hash = UnicodeAttribute()

    def reckon(self) -> str:
        """Return the hash that the link must have."""
        told = [self.day, int(self.place), self.audit_id, self.subject_id, self.action]
        return hash_of([context.tenant(), *told, self.facts, self.details, self.previous])


class AuditHead(Entity, discriminator="audit_head"):
    """The end of a day's chain: how many links it has, and the hash of the last; who links moves it on."""

    keys = Keys("AUDITHEAD#{day}", "HEAD")
    noun = "audit head"

    day = UnicodeAttribute()
    length = NumberAttribute(default=0)
    hash = UnicodeAttribute()


class AuditRoot(Entity, discriminator="audit_root"):
    """The root of a day that is over; the signed statement of it lies in the bucket under `key`."""

    keys = Keys("AUDITROOT#all", "{day}")
    noun = "audit root"

    day = UnicodeAttribute()
    length = NumberAttribute()
    hash = UnicodeAttribute()
    previous = UnicodeAttribute(null=True)
    root = UnicodeAttribute()
    key = UnicodeAttribute()
    sealed_at = Moment()


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
        salt=ids.new_secret(16),
    )


def day_of(audit_id: str) -> str:
    """Return the day (UTC) on which an audit event was made, `2027-01-11`; its id tells."""
    return ULID.from_str(audit_id).datetime.date().isoformat()


def first_id(moment: datetime) -> str:
    """Return the lowest id that an event of a moment, or after it, can have."""
    return ids.time_part(moment) + "0" * 16


def last_id(moment: datetime) -> str:
    """Return the highest id that an event of a moment, or before it, can have."""
    return ids.time_part(moment) + "Z" * 16


def hash_of(values: list[Any]) -> str:
    """Return the SHA-256 of values in the one form of JSON that is hashed."""
    return hashlib.sha256(_canonical(values)).hexdigest()


def _canonical(values: list[Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
