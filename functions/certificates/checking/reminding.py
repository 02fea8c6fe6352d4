"""Reminders: a holder is told a month and a week before a certificate ends."""

from datetime import datetime

from lyceum.events.certificates import CertificateExpiring
from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, batch_fetch, find_all
from lyceum.model.certificates import Certificate, CertificateReminder
from lyceum.tasks.notifications import DeliverNotice

_SHARDS = "0123456789abcdef"


def remind(day: datetime) -> None:
    """Tell those whose certificates a reminder is due for on a day; done again, nobody is told twice."""
    for shard in _SHARDS:
        due = [each.certificate_id for each in find_all(CertificateReminder, day=day.date().isoformat(), shard=shard)]
        found = batch_fetch([Certificate.at(certificate_id=each) for each in due]) if due else []
        for certificate in found:
            if isinstance(certificate, Certificate) and certificate.state == "valid" and certificate.credential:
                _tell(certificate, day)


def _tell(certificate: Certificate, day: datetime) -> None:
    days = (certificate.expires_at.date() - day.date()).days
    name = certificate.certificate_id
    data = {
        "certificateId": name,
        "title": certificate.title,
        "days": str(days),
        "until": clock.iso(certificate.expires_at),
    }
    notice = DeliverNotice(
        event_id=ids.derived_id(day, "certificates.remind", name),
        kind="certificate.expiring",
        user_ids=[certificate.user_id],
        data=data,
    )
    event = CertificateExpiring(
        event_id=ids.derived_id(day, "certificates.expiring", name),
        certificate_id=name,
        user_id=certificate.user_id,
        title=certificate.title,
        days=days,
    )
    Unit().put(OutboxItem.of(notice), notice).put(OutboxItem.of(event), event).commit()
