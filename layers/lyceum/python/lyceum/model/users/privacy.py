"""What people decide about their own data: consents, requests for a copy or for erasure, and holds on an erasure."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ConsentRecord(Entity, discriminator="consent_record"):
    """A consent as it was given or withdrawn; never changed, the latest of a purpose is what holds.

    - `text_version`: of the text that was agreed to.
    - `given_by`: the person, or the guardian of a child.
    - It names nobody but by id and stays after an erasure, as the proof that there was a consent.
    """

    keys = Keys("CONSENT#{user_id}", "{purpose}#{record_id}")
    noun = "consent"

    user_id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    record_id = UnicodeAttribute()
    text_version = UnicodeAttribute()
    is_given = BooleanAttribute()
    given_by = UnicodeAttribute()
    decided_at = Moment()


class PrivacyRequest(Entity, discriminator="privacy_request"):
    """A request for a copy of one's data (`export`) or for erasure (`erasure`), by which reports count and time them.

    - `state`: queued, held (an erasure that waits), done or failed.
    - `answer_by`: a month after the request, until which it has to be answered (GDPR, article 12.3).
    """

    keys = Keys("PRIVACY#{user_id}", "REQUEST#{request_id}", gsi1=Index("PRIVACYREQUESTS#all", "{request_id}"))
    noun = "request"

    user_id = UnicodeAttribute()
    request_id = UnicodeAttribute()
    what = UnicodeAttribute()
    state = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    requested_at = Moment()
    answer_by = Moment()
    finished_at = Moment(null=True)


class DataExport(Entity, discriminator="data_export"):
    """The latest copy of somebody's data: where it is kept, and until when.

    - `state`: queued, done or failed.
    - `left_out`: names of files that did not fit.
    """

    keys = Keys("PRIVACY#{user_id}", "EXPORT")
    noun = "export"

    user_id = UnicodeAttribute()
    request_id = UnicodeAttribute()
    state = UnicodeAttribute()
    requested_at = Moment()
    finished_at = Moment(null=True)
    expires_at = Moment(null=True)
    key = UnicodeAttribute(null=True)
    size_bytes = NumberAttribute(null=True)
    left_out: Any = JSONAttribute(default=list)


class LegalHold(Entity, discriminator="legal_hold"):
    """An account that must not be erased for now; it is there while the hold lasts."""

    keys = Keys("HOLD#{user_id}", "HOLD")
    noun = "hold"

    user_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    placed_by = UnicodeAttribute()
    placed_at = Moment()
