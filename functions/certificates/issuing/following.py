"""What happens to a certificate when its achievement does not stand as it did: a result is changed or taken back."""

from lyceum.kit.errors import DomainError, RuleViolation
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import words
from lyceum.model.certificates import Certificate, CertificateOf

from functions.certificates.issuing import achievements, issuing, revoking


def take_back(unit: Unit, user_id: str, achievement: str) -> None:
    """Revoke a certificate that holds, because its achievement was taken back (at most 3 storage requests)."""
    certificate = _holding(user_id, achievement)
    if certificate is not None:
        revoking.withdraw(unit, certificate, words(certificate.language, "certificate.reason.taken_back"))


def correct(unit: Unit, user_id: str, achievement: str, exam_id: str) -> None:
    """Let a certificate follow a new result of its exam: another score issues it anew, a failure revokes it."""
    certificate = _holding(user_id, achievement)
    if certificate is None or certificate.source_id != exam_id:
        return
    try:
        facts = achievements.of_exam(user_id, exam_id)
    except RuleViolation:
        revoking.withdraw(unit, certificate, words(certificate.language, "certificate.reason.taken_back"))
        return
    except DomainError:
        return
    if facts.percent != certificate.percent:
        issuing.issue(user_id, facts, replaces=issuing.says_else)


def _holding(user_id: str, achievement: str) -> Certificate | None:
    latest = CertificateOf.fetch(user_id=user_id, achievement=achievement, consistent=True)
    if latest is None:
        return None
    found = Certificate.fetch(certificate_id=latest.certificate_id, consistent=True)
    return found if found is not None and found.state == "valid" else None
