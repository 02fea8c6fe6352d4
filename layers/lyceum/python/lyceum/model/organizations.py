"""Organisations: domains that they want to go by, what was packed of them, and what is left of those that went.

None of it names a person but by the id of who acted.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class DomainClaim(Entity, discriminator="domain_claim"):
    """A host that an organisation says is its own. Its administrators read it.

    - `token`: what a TXT record below the host has to say.
    - `state`: pending or active.
    - `failure`: why the last look found no proof.
    """

    keys = Keys("DOMAINCLAIM#all", "{host}")
    noun = "domain"

    host = UnicodeAttribute()
    token = UnicodeAttribute()
    state = UnicodeAttribute(default="pending")
    failure = UnicodeAttribute(null=True)
    checked_at = Moment(null=True)
    proven_at = Moment(null=True)


class Capsule(Entity, discriminator="capsule"):
    """A packed organisation, in the tenant of whoever had it packed. Super admins read it.

    - `source`: the organisation.
    - `folder`: where its parts lie in the bucket.
    - `parts`: of each the name, SHA-256 and number of items.
    - `files`: how many files came along, of how many bytes.
    - `digest`: the sum of the items' hashes, the same for equal contents in whatever order.
    - `statement`: the signed manifest.
    """

    keys = Keys("CAPSULE#all", "{capsule_id}")
    noun = "capsule"

    capsule_id = UnicodeAttribute()
    source = UnicodeAttribute()
    folder = UnicodeAttribute()
    parts: Any = JSONAttribute(default=list)
    items = NumberAttribute(default=0)
    files = NumberAttribute(default=0)
    file_bytes = NumberAttribute(default=0)
    digest = UnicodeAttribute(default="0" * 64)
    statement = UnicodeAttribute(null=True)
    finished_at = Moment(null=True)


class Departure(Entity, discriminator="departure"):
    """What is left of an organisation that was deleted: its name, which nobody gets again, and the receipt.

    - `items`, `files`: how many were removed so far.
    - `statement`: the signed receipt, once all are.
    """

    keys = Keys("DEPARTURE#{tenant_name}", "RECEIPT")
    noun = "receipt"

    tenant_name = UnicodeAttribute()
    reason = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    items = NumberAttribute(default=0)
    files = NumberAttribute(default=0)
    statement = UnicodeAttribute(null=True)
    finished_at = Moment(null=True)
