"""Revoking: by those who teach the course or own the exam, by administrators, and by what takes an achievement back."""

from lyceum.events.certificates import CertificateRevoked
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.kit.table.retrying import EDIT_CONFLICT
from lyceum.model.audit import audit
from lyceum.model.certificates import Certificate
from lyceum.model.courses.course import Course
from lyceum.rules.courses.course_access import teachers_of
from lyceum.tasks.notifications import DeliverNotice

from functions.certificates.credentials import status_lists

_CHANGED = Conflict("This certificate was changed meanwhile.", code=EDIT_CONFLICT)


def revoke(caller: Principal, certificate_id: str, reason: str) -> Certificate:
    """Revoke a certificate of one's course or exam, audited; one that is revoked already stays as it is.

    Raises NotFound for anybody else's, Conflict for one whose place another has taken. 4 storage requests.
    """

    def work() -> Certificate:
        certificate = Certificate.require(certificate_id=certificate_id, consistent=True)
        require_owner(caller, _owner(caller, certificate), Certificate.noun, Permission.MANAGE_USERS)
        if certificate.state == "superseded":
            raise Conflict("Another certificate has taken the place of this one.", code="CERTIFICATE_SUPERSEDED")
        if certificate.state == "revoked":
            return certificate
        unit = Unit()
        before, after = {"state": "valid"}, {"state": "revoked"}
        unit.create(audit("certificate.revoke", certificate.user_id, before=before, after=after, reason=reason))
        withdraw(unit, certificate, reason)
        unit.commit()
        return certificate

    return retry_on_conflict(work)


def withdraw(unit: Unit, certificate: Certificate, reason: str) -> None:
    """Add to a unit that a certificate holds no longer, and that its holder is told (1 storage request)."""
    certificate.state, certificate.revoked_at, certificate.reason = "revoked", clock.now(), reason
    told = {"certificateId": certificate.certificate_id, "title": certificate.title, "reason": reason}
    events = (
        CertificateRevoked(
            certificate_id=certificate.certificate_id, user_id=certificate.user_id, title=certificate.title
        ),
        DeliverNotice(kind="certificate.revoked", user_ids=[certificate.user_id], data=told),
    )
    unit.amend(
        certificate,
        "state",
        "revoked_at",
        "reason",
        when=Certificate.state == "valid",
        events=events,
        refuse=_CHANGED,
    )
    status_lists.mark(unit, certificate)


def _owner(caller: Principal, certificate: Certificate) -> str | None:
    """Return the caller where they teach the course now, else whose the exam or the course is (at most 1 request)."""
    sort, _, source_id = certificate.achievement.partition("#")
    if sort != "course" or certificate.teacher_id == caller.user_id:
        return str(certificate.teacher_id)
    course = Course.fetch(course_id=source_id)
    return caller.user_id if course is not None and caller.user_id in teachers_of(course) else None
