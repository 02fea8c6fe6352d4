"""Events of certificates."""

from typing import ClassVar

from lyceum.kit.event import Event


class CertificateIssued(Event):
    """Somebody got a certificate; `supersedes` names the one whose place it takes."""

    name: ClassVar[str] = "certificate.issued"
    certificate_id: str
    user_id: str
    title: str
    supersedes: str | None = None


class CertificateRevoked(Event):
    """A certificate was revoked and proves nothing any more."""

    name: ClassVar[str] = "certificate.revoked"
    certificate_id: str
    user_id: str
    title: str


class CertificateExpiring(Event):
    """A certificate ends in so many days; told once for each number of days."""

    name: ClassVar[str] = "certificate.expiring"
    certificate_id: str
    user_id: str
    title: str
    days: int
