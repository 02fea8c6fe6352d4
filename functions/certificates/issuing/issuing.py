"""Issuing: one certificate a person and achievement holds at a time, however many ask for it at once.

Who issues writes the certificate, its place among the status lists and what points to the latest one in one
transaction; whoever comes second finds the first one's. A certificate that takes another's place sets that one's bit.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from lyceum.events.certificates import CertificateIssued
from lyceum.kit import clock, ids
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.kit.table.retrying import EDIT_CONFLICT
from lyceum.model.certificates import Certificate, CertificateOf, CertificateReminder, StatusPlace
from lyceum.tasks.notifications import DeliverNotice

from functions.certificates.credentials import building, issuer, status_lists
from functions.certificates.credentials.building import Facts
from functions.certificates.issuing import achievements
from functions.certificates.issuing.schemas import GenerateCertificate

REMINDED_DAYS = (30, 7)
"""How many days before its end a holder is told of it."""
_MONTH = timedelta(days=30)
_SHARDS = 16
_KEPT = timedelta(days=40)


def generate(caller: Principal, wanted: GenerateCertificate) -> Certificate:
    """Return the certificate of the caller's achievement, which is issued when there is none that holds.

    Raises what `achievements.named` raises, and RuleViolation CERTIFICATE_REVOKED for one that was revoked since.
    At most 5 storage requests: facts, consent of a minor, what is there, the transaction.
    """

    def work() -> Certificate:
        return issue(
            caller.user_id,
            achievements.named(caller, wanted.course_id, wanted.exam_id),
            replaces=lambda old, facts: is_renewed(old, facts) or (wanted.reissue and says_else(old, facts)),
        )

    return retry_on_conflict(work)


def issue(user_id: str, facts: Facts, *, replaces: Callable[[Certificate, Facts], bool]) -> Certificate:
    """Return the certificate that holds, or issue one; `replaces` says whether a new one takes the place of the old.

    Raises RuleViolation CERTIFICATE_REVOKED unless the achievement is newer than the revocation.
    """
    latest = CertificateOf.fetch(user_id=user_id, achievement=facts.achievement, consistent=True)
    old = Certificate.require(certificate_id=latest.certificate_id, consistent=True) if latest else None
    if old is not None and old.state == "revoked":
        if old.revoked_at is not None and facts.awarded_at <= old.revoked_at:
            raise rule_violation("CERTIFICATE_REVOKED", "The certificate of this was revoked.")
    elif old is not None and not replaces(old, facts):
        return old
    made = _sign(user_id, facts, old, ends_at(old, facts))
    _store(made, latest, old)
    return made


def says_else(old: Certificate, facts: Facts) -> bool:
    """Say whether a certificate's words are not those of today's facts."""
    told = (old.shown_name, old.holder_name, old.title, old.percent)
    return told != (facts.shown_name, facts.holder_name, facts.title, facts.percent)


def is_renewed(old: Certificate, facts: Facts) -> bool:
    """Say whether somebody achieved it anew while their certificate ends within a month or has ended."""
    return old.expires_at is not None and old.expires_at - _MONTH <= clock.now() and facts.awarded_at > old.issued_at


def ends_at(old: Certificate | None, facts: Facts) -> datetime | None:
    """Return when a certificate ends: as its tenant sets it, or as the one before it where the achievement is the same.

    A month has 30 days; 0 months is for good.
    """
    if old is not None and old.state == "valid" and facts.awarded_at <= old.issued_at:
        ends: datetime | None = old.expires_at
        return ends
    months = limits.value("certificate_months")
    return clock.now() + _MONTH * months if months else None


def _sign(user_id: str, facts: Facts, old: Certificate | None, until: datetime | None) -> Certificate:
    place, now, certificate_id = status_lists.draw(), clock.now(), ids.new_id()
    unsigned = building.document(facts, certificate_id, now, until, place)
    return Certificate(
        certificate_id=certificate_id,
        user_id=user_id,
        achievement=facts.achievement,
        source_id=facts.source_id,
        teacher_id=facts.teacher_id,
        title=facts.title,
        language=facts.language,
        holder_name=facts.holder_name,
        shown_name=facts.shown_name,
        percent=facts.percent,
        awarded_at=facts.awarded_at,
        issued_at=now,
        expires_at=until,
        list_id=place.list_id,
        list_index=place.index,
        key_id=issuer.signing_key().key_id,
        credential=building.sign(unsigned, now),
        document_hash=building.hash_of(unsigned),
        supersedes=old.certificate_id if old else None,
        shard=f"{int(place.index) % _SHARDS:x}",
    )


def _store(made: Certificate, latest: CertificateOf | None, old: Certificate | None) -> None:
    """Write a new certificate with all that belongs to it; raises a Conflict when somebody else was first."""
    meanwhile = Conflict("This certificate was issued meanwhile.", code=EDIT_CONFLICT)
    told = {"certificateId": made.certificate_id, "title": made.title}
    event = CertificateIssued(
        certificate_id=made.certificate_id, user_id=made.user_id, title=made.title, supersedes=made.supersedes
    )
    notice = DeliverNotice(kind="certificate.issued", user_ids=[made.user_id], data=told)
    unit = Unit().create(made, event, notice)
    place = StatusPlace(list_id=made.list_id, list_index=made.list_index, certificate_id=made.certificate_id)
    unit.create(place, refuse=meanwhile).put(issuer.signing_key().stored())
    pointer = latest or CertificateOf(user_id=made.user_id, achievement=made.achievement)
    pointer.certificate_id = made.certificate_id
    unit.save(pointer, refuse=meanwhile)
    if old is not None and old.state == "valid":
        holds = Certificate.state == "valid"
        actions = (Certificate.state.set("superseded"), Certificate.superseded_by.set(made.certificate_id))
        unit.change(old, *actions, when=holds, refuse=meanwhile)
        status_lists.mark(unit, old)
    for reminder in _reminders(made):
        unit.put(reminder)
    unit.commit()


def _reminders(made: Certificate) -> list[CertificateReminder]:
    if made.expires_at is None:
        return []
    days = [made.expires_at - timedelta(days=days) for days in REMINDED_DAYS]
    return [
        CertificateReminder(
            day=day.date().isoformat(), shard=made.shard, certificate_id=made.certificate_id, ttl=day + _KEPT
        )
        for day in days
        if day > clock.now()
    ]
