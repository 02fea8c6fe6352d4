"""A certificate as its public page shows it, and as LinkedIn asks for it."""

from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from lyceum.kit import clock
from lyceum.kit.errors import Gone
from lyceum.messages import appearance
from lyceum.model.certificates import Certificate

from functions.certificates.credentials import issuer
from functions.certificates.issuing.schemas import CertificateView, LinkedIn, RevokedView, State

_LINKED_IN = "https://www.linkedin.com/profile/add"


def state_of(certificate: Certificate) -> State:
    """Return how a certificate stands now; one that holds and is over is `expired`."""
    if certificate.state == "valid" and certificate.expires_at is not None and certificate.expires_at <= clock.now():
        return "expired"
    return cast("State", certificate.state)


def existing(certificate_id: str) -> Certificate:
    """Return a certificate that may be shown (1 storage request); raises NotFound, and Gone after an erasure."""
    certificate = Certificate.require(certificate_id=certificate_id)
    if certificate.credential is None:
        raise Gone("The holder has withdrawn this certificate.")
    return certificate


def page_address(certificate: Certificate) -> str:
    """Return where the QR code leads: the page in the tenant's client, or the page's data where there is none."""
    client = appearance.current().link("certificate.issued", {"certificateId": certificate.certificate_id})
    return client or issuer.address(f"/api/certificates/{certificate.certificate_id}")


def shown(certificate: Certificate) -> CertificateView:
    """Return what everybody may read of a certificate; of one whose place another took, no name."""
    sort, _, source_id = certificate.achievement.partition("#")
    own = issuer.address(f"/api/certificates/{certificate.certificate_id}")
    return CertificateView(
        certificate_id=certificate.certificate_id,
        state=state_of(certificate),
        kind="course" if sort == "course" else "exam",
        source_id=source_id,
        title=certificate.title,
        holder_name="" if certificate.state == "superseded" else certificate.shown_name or "",
        issuer=issuer.did(),
        issuer_name=appearance.current().name,
        percent=certificate.percent,
        awarded_at=certificate.awarded_at,
        issued_at=certificate.issued_at,
        expires_at=certificate.expires_at,
        revoked_at=certificate.revoked_at,
        reason=certificate.reason,
        supersedes=certificate.supersedes,
        superseded_by=certificate.superseded_by,
        url=page_address(certificate),
        pdf_url=f"{own}/pdf",
        verify_url=f"{own}/verify",
        linked_in=_linked_in(certificate),
    )


def revoked(certificate: Certificate) -> RevokedView:
    """Return what who revoked a certificate reads."""
    return RevokedView(
        certificate_id=certificate.certificate_id,
        state="revoked",
        revoked_at=certificate.revoked_at,
        reason=certificate.reason or "",
    )


def _linked_in(certificate: Certificate) -> LinkedIn:
    """Fill in what LinkedIn's form for licences and certifications asks."""
    issued: datetime = certificate.issued_at
    ends: datetime | None = certificate.expires_at
    asked = {
        "startTask": "CERTIFICATION_NAME",
        "name": certificate.title,
        "organizationName": appearance.current().name,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        **({"expirationYear": ends.year, "expirationMonth": ends.month} if ends else {}),
        "certUrl": page_address(certificate),
        "certId": certificate.certificate_id,
    }
    return LinkedIn(
        name=certificate.title,
        organization_name=appearance.current().name,
        issue_year=issued.year,
        issue_month=issued.month,
        expiration_year=ends.year if ends else None,
        expiration_month=ends.month if ends else None,
        cert_url=page_address(certificate),
        cert_id=certificate.certificate_id,
        add_url=f"{_LINKED_IN}?{urlencode(asked)}",
    )
