"""Certificates over HTTP: issuing, reading, verifying, revoking, and what verifiers need of the issuer."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, USER, Api, Caller, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.model.certificates import Certificate
from lyceum.rules.sessions import recheck

from functions.certificates.checking import verification
from functions.certificates.checking.schemas import PresentCredential, Verification
from functions.certificates.credentials import publishing
from functions.certificates.credentials.schemas import IssuerDocument
from functions.certificates.issuing import issuing, reading, revoking, views
from functions.certificates.issuing.schemas import (
    CertificateQuery,
    CertificateView,
    GenerateCertificate,
    PageQuery,
    RevokeCertificate,
    RevokedView,
)

api = Api("certificates", recheck=recheck)
handler = api.handler
_SHARED = "public, max-age=60"
_PUBLISHED = "public, max-age=300"
_CREDENTIAL_BYTES = 128 * 1024


@api.post("/api/certificates/generate", access=USER, status=201, limit="30/hour", idempotent=True)
def generate_certificate(caller: Caller, body: GenerateCertificate) -> CertificateView:
    """Issue the certificate of a completed course or a passed exam; one that holds is returned."""
    return views.shown(issuing.generate(caller, body))


@api.get("/api/certificates", access=USER)
def list_certificates(caller: Caller, query: Annotated[CertificateQuery, Query()]) -> Page[CertificateView]:
    """List one's own certificates, the newest first."""
    return query.page(reading.own(caller, query), views.shown)


@api.get("/api/certificates/status/{listId}", access=PUBLIC, cache_control=_PUBLISHED, raw="application/vc")
def show_status_list(list_id: str) -> str:
    """Publish a list of the certificates that hold no longer (Bitstring Status List 1.0)."""
    return publishing.status_list(list_id)


@api.get("/.well-known/did.json", access=PUBLIC, cache_control=_PUBLISHED, raw="application/did+ld+json")
def show_issuer() -> IssuerDocument:
    """Publish the issuer's keys, earlier ones among them (did:web)."""
    return publishing.issuer_document()


@api.get("/api/certificates/{certificateId}", access=PUBLIC, cache_control=_SHARED, refuses=(410,))
def show_certificate(certificate_id: str, query: Annotated[PageQuery, Query()]) -> CertificateView:
    """Show the public page of a certificate, with its signed document where that is asked for."""
    return reading.page(certificate_id, query)


@api.get("/api/certificates/{certificateId}/verify", access=PUBLIC, cache_control=_SHARED)
def verify_certificate(certificate_id: str) -> Verification:
    """Verify a certificate: signature, revocation, end, and the anchor of its day."""
    return verification.by_id(certificate_id)


@api.post(
    "/api/certificates/{certificateId}/verify", access=PUBLIC, limit="120/minute", max_body_bytes=_CREDENTIAL_BYTES
)
def verify_document(certificate_id: str, body: PresentCredential) -> Verification:
    """Verify a document that somebody shows: that it is the certificate's, unchanged, and holds."""
    return verification.presented(certificate_id, body)


@api.post(
    "/api/certificates/{certificateId}/revoke",
    access=may(Permission.REVOKE_CERTIFICATES, afresh=True),
    limit="60/hour",
    owner_of=Certificate,
)
def revoke_certificate(caller: Caller, certificate_id: str, body: RevokeCertificate) -> RevokedView:
    """Revoke a certificate of one's own course or exam, with the reason that everybody reads."""
    return views.revoked(revoking.revoke(caller, certificate_id, body.reason))
