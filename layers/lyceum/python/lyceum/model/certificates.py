"""Certificates, the keys they are signed with, the lists that say which were revoked, and the daily anchors."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class Certificate(Entity, discriminator="certificate"):
    """A certificate of one achievement of one person. States: valid, revoked, superseded.

    - `achievement`: what it is of, one a person: `course#{id}` or `exam#{id of what was published}`.
    - `source_id`: the course, or the exam session that was passed.
    - `teacher_id`: whose course or exam it is.
    - `holder_name`: as the account had it.
    - `shown_name`: as the signed document and the public page say it.
    - `percent`: a decimal text, of exams.
    - `awarded_at`: when the achievement was made.
    - `expires_at`: None for one that holds for good.
    - `list_id`, `list_index`: its bit among the revoked ones.
    - `key_id`: what its proof was made with.
    - `credential`: the signed document; it goes, as the names do, when the holder is erased.
    - `document_hash`: SHA-256 of the document's canonical statements, which stays.
    - `supersedes`, `superseded_by`: the one before and the one after it.
    - `shard`: one of sixteen, so that a day's certificates do not wait for their anchor in one place.
    - `anchoring`: `waiting`, then `done`; `anchor` then says by which day's root it is proven, and how.
    """

    keys = Keys(
        "CERTIFICATE#{certificate_id}",
        "CERTIFICATE",
        gsi1=Index("CERTIFICATES#{user_id}", "{certificate_id}"),
        gsi2=Index("UNANCHORED#{shard}", "{certificate_id}", when={"anchoring": "waiting"}),
    )
    noun = "certificate"

    certificate_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute(default="valid")
    achievement = UnicodeAttribute()
    source_id = UnicodeAttribute()
    teacher_id = UnicodeAttribute()
    title = UnicodeAttribute()
    language = UnicodeAttribute(default="en")
    holder_name = UnicodeAttribute(null=True)
    shown_name = UnicodeAttribute(null=True)
    percent = UnicodeAttribute(null=True)
    awarded_at = Moment()
    issued_at = Moment()
    expires_at = Moment(null=True)
    list_id = UnicodeAttribute()
    list_index = NumberAttribute()
    key_id = UnicodeAttribute()
    credential: Any = PackedJSON(null=True)
    document_hash = UnicodeAttribute()
    supersedes = UnicodeAttribute(null=True)
    superseded_by = UnicodeAttribute(null=True)
    revoked_at = Moment(null=True)
    reason = UnicodeAttribute(null=True)
    shard = UnicodeAttribute()
    anchoring = UnicodeAttribute(default="waiting")
    anchor: Any = JSONAttribute(null=True)


class CertificateOf(Entity, discriminator="certificate_of"):
    """The latest certificate of a person and achievement, so that there are never two that hold."""

    keys = Keys("CERTIFICATEOF#{user_id}", "{achievement}")
    noun = "certificate"

    user_id = UnicodeAttribute()
    achievement = UnicodeAttribute()
    certificate_id = UnicodeAttribute()


class CertificateReminder(Entity, discriminator="certificate_reminder"):
    """A certificate whose holder is to be told on a day (UTC) that it ends; gone after that day by itself."""

    keys = Keys("CERTIFICATEDUE#{day}#{shard}", "{certificate_id}")
    noun = "reminder"

    day = UnicodeAttribute()
    shard = UnicodeAttribute()
    certificate_id = UnicodeAttribute()


class IssuerKey(Entity, discriminator="issuer_key"):
    """A key that certificates of the tenant were ever signed with; it is never removed, so that they can be proven.

    - `algorithm`: `Ed25519`, whose private half follows from the deployment's secret, or `RS256`.
    - `public`: the public half, a multikey or a JWK.
    - `sealed`: the private half of RS256, encrypted.
    """

    keys = Keys("ISSUERKEY#all", "{key_id}")
    noun = "key"

    key_id = UnicodeAttribute()
    algorithm = UnicodeAttribute()
    public: Any = JSONAttribute()
    sealed = UnicodeAttribute(null=True)


class StatusPlace(Entity, discriminator="status_place"):
    """A bit of a status list that a certificate has; no other one gets it."""

    keys = Keys("STATUSPLACE#{list_id}#{list_index}", "PLACE")
    noun = "place"

    list_id = UnicodeAttribute()
    list_index = NumberAttribute()
    certificate_id = UnicodeAttribute()


class StatusList(Entity, discriminator="status_list"):
    """Which certificates of a list hold no longer; a list that has none of those is not stored.

    - `bits`: 131 072 of them, as gzip in base 64.
    """

    keys = Keys("STATUSLIST#{list_id}", "LIST")
    noun = "status list"

    list_id = UnicodeAttribute()
    bits = UnicodeAttribute()
    changed_at = Moment()


class CertificateAnchor(Entity, discriminator="certificate_anchor"):
    """The root over the hashes of what was issued until the end of a day (UTC); its audit event is in the day's chain.

    - `size`: how many hashes.
    - `key`: where in the bucket they lie, in their order.
    """

    keys = Keys("CERTIFICATEANCHOR#all", "{day}")
    noun = "anchor"

    day = UnicodeAttribute()
    root = UnicodeAttribute()
    size = NumberAttribute()
    key = UnicodeAttribute()
    audit_id = UnicodeAttribute()
