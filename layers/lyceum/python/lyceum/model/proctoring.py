"""Proctoring: what is watched of an exam session, what was seen, and what people decided of it.

A session of proctoring has the id of the exam session that it watches, so there is one of each.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ProctorSession(Entity, discriminator="proctor_session"):
    """What is watched of one exam session. Its student knows of it, and those whose exam it is see it; nobody else.

    It goes by itself after the tenant's time, and with its student's account.

    - `provider`: builtin, or the name of another one.
    - `external_id`: that one's own name for it.
    - `consents`: what the student agreed to: `watching`, `snapshots`, `camera`, each with when.
    - `device`: what the client found of itself at the start.
    - `address_mark`: a keyed mark of the network address, by which a change is seen; the address is not kept.
    - `length`, `last_hash`: the highest number of an event, and its hash.
    - `missing`: spans of numbers that never came.
    - `recent`: by rule, when its events happened lately.
    - `severities`: how many violations of each.
    - `accommodations`: what the student needs, which some rules leave out.
    """

    keys = Keys("PROCTOR#{session_id}", "SESSION", gsi1=Index("PROCTORED#{user_id}", "{session_id}"))
    noun = "proctoring session"

    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    owner_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    assessment_id = UnicodeAttribute(null=True)
    provider = UnicodeAttribute(default="builtin")
    external_id = UnicodeAttribute(null=True)
    consents: Any = JSONAttribute(default=dict)
    device: Any = JSONAttribute(default=dict)
    address_mark = UnicodeAttribute(null=True)
    length = NumberAttribute(default=0)
    last_hash = UnicodeAttribute(default="")
    missing: Any = JSONAttribute(default=list)
    recent: Any = JSONAttribute(default=dict)
    severities: Any = JSONAttribute(default=dict)
    accommodations: Any = JSONAttribute(default=list)
    started_at = Moment()
    received_at = Moment(null=True)
    told_at = Moment(null=True)


class ProctorEvent(Entity, discriminator="proctor_event"):
    """One thing that the student's client saw, written once and never changed; those whose exam it is see it.

    - `number`: its place in the chain.
    - `seen_at`: when it happened, as the client says.
    - `received_at`: by our clock.
    - `hash`: covers the event and `previous_hash`, which the client signed with it.
    - `is_late`: it came after later ones.
    """

    keys = Keys("PROCTOR#{session_id}", "EVENT#{number:09d}")
    noun = "event"

    session_id = UnicodeAttribute()
    number = NumberAttribute()
    type = UnicodeAttribute()
    seen_at = UnicodeAttribute()
    facts: Any = JSONAttribute(default=dict)
    previous_hash = UnicodeAttribute()
    hash = UnicodeAttribute()
    received_at = Moment()
    is_late = BooleanAttribute(default=False)


class ProctorViolation(Entity, discriminator="proctor_violation"):
    """What a rule made of events, or another provider told; a hint for people, and never a verdict.

    - `decision`: confirmed or dismissed, by a person, with a note.
    """

    keys = Keys("PROCTOR#{session_id}", "VIOLATION#{violation_id}")
    noun = "violation"

    session_id = UnicodeAttribute()
    violation_id = UnicodeAttribute()
    rule = UnicodeAttribute()
    severity = UnicodeAttribute()
    number = NumberAttribute(null=True)
    happened_at = Moment()
    facts: Any = JSONAttribute(default=dict)
    decision = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decided_at = Moment(null=True)


class ProctorSnapshot(Entity, discriminator="proctor_snapshot"):
    """A picture that the student's camera took, with consent; those whose exam it is see it until `due_day`."""

    keys = Keys("PROCTOR#{session_id}", "SNAPSHOT#{upload_id}", gsi1=Index("PROCTORSHOTS#{due_day}", "{upload_id}"))
    noun = "snapshot"

    session_id = UnicodeAttribute()
    upload_id = UnicodeAttribute()
    due_day = UnicodeAttribute()


class ProctorProvider(Entity, discriminator="proctor_provider"):
    """Another system that watches exams for a tenant: where it is begun, and the secret that both sign with, sealed.

    Who manages the tenant changes it; nobody sees the secret again.
    """

    keys = Keys("PROCTORPROVIDER#{provider}", "PROVIDER")
    noun = "provider"

    provider = UnicodeAttribute()
    launch_url = UnicodeAttribute()
    secret = UnicodeAttribute()
    is_enabled = BooleanAttribute(default=True)
