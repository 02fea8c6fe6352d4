"""Verifying: the certificate of an id, and a document that somebody shows. At most 2 storage requests."""

from collections.abc import Mapping
from typing import Any

from lyceum.kit import clock
from lyceum.model.certificates import Certificate, IssuerKey

from functions.certificates.checking import documents, merkle
from functions.certificates.checking.documents import NotProven
from functions.certificates.checking.schemas import AnchorProof, Check, PresentCredential, Verification
from functions.certificates.credentials import building, canonical, issuer, jwt_form
from functions.certificates.issuing import views

_GOOD = "The certificate holds."
_STATES = {
    "revoked": ("REVOKED", "It was revoked."),
    "superseded": ("SUPERSEDED", "Another certificate has taken its place."),
}


def by_id(certificate_id: str) -> Verification:
    """Verify the certificate of an id as it is stored; raises NotFound."""
    certificate = Certificate.require(certificate_id=certificate_id)
    if certificate.credential is None:
        return _answer(certificate, NotProven("WITHDRAWN", "Its holder has withdrawn it."), [])
    return _judged(certificate, certificate.credential)


def presented(certificate_id: str, shown: PresentCredential) -> Verification:
    """Verify a document that is said to be the certificate of an id; raises NotFound.

    Nothing is taken from the document but its own words: keys, state and hash are the issuer's.
    """
    certificate = Certificate.require(certificate_id=certificate_id)
    known = issuer.keys()
    if shown.jwt is not None:
        return _judged_token(certificate, shown.jwt, known)
    return _judged(certificate, shown.credential or {}, known)


def _judged_token(certificate: Certificate, token: str, known: dict[str, IssuerKey]) -> Verification:
    document = None
    for key in known.values():
        if key.algorithm == issuer.RS256 and document is None:
            document = _read(token, key)
    if document is None:
        return _answer(certificate, NotProven("SIGNATURE", "the token is signed by no key of the issuer"), [])
    return _judged(certificate, document, known, is_proven=True)


def _read(token: str, key: IssuerKey) -> dict[str, Any] | None:
    try:
        return jwt_form.read(token, key.public)
    except ValueError:
        return None


def _judged(
    certificate: Certificate,
    document: Mapping[str, Any],
    known: dict[str, IssuerKey] | None = None,
    *,
    is_proven: bool = False,
) -> Verification:
    """Make every check of a document, in the order in which a failure is told."""
    now = clock.now()
    keys = known or issuer.keys()

    def proof() -> None:
        documents.check_form(document)
        if documents.issuer_of(document) != issuer.did():
            raise NotProven("UNKNOWN_ISSUER", "it was issued by somebody else")
        if not is_proven:
            documents.check_proof(document, lambda method: issuer.public_key(method, keys))

    def same() -> None:
        if document.get("id") != issuer.address(f"/api/certificates/{certificate.certificate_id}"):
            raise NotProven("OTHER_CERTIFICATE", "it is another certificate's document")
        if _hash(document) != certificate.document_hash:
            raise NotProven("CHANGED", "it says something else than what was issued")

    def state() -> None:
        if certificate.state in _STATES:
            raise NotProven(*_STATES[certificate.state])

    made = {
        "signature": documents.first_failure(proof),
        "document": documents.first_failure(same),
        "validity": documents.first_failure(lambda: documents.check_times(document, now)),
        "status": documents.first_failure(state),
    }
    checks = [
        Check(name=name, holds=failed is None, message=str(failed or "It holds.")) for name, failed in made.items()
    ]
    return _answer(certificate, next((failed for failed in made.values() if failed), None), checks)


def _hash(document: Mapping[str, Any]) -> str:
    try:
        return building.hash_of(document)
    except canonical.NotCanonical as error:
        raise NotProven("MALFORMED", str(error)) from None


def _answer(certificate: Certificate, failed: NotProven | None, checks: list[Check]) -> Verification:
    anchor = _anchor(certificate)
    if anchor is not None:
        steps = [step.model_dump() for step in anchor.path]
        holds = merkle.leads_to(anchor.document_hash, steps, anchor.root)
        said = f"It was there by the end of {anchor.day}." if holds else "The proof does not lead to the root."
        checks = [*checks, Check(name="anchor", holds=holds, message=said)]
    return Verification(
        is_valid=failed is None,
        failure=failed.failure if failed else None,
        message=f"{str(failed)[:1].upper()}{str(failed)[1:]}".rstrip(".") + "." if failed else _GOOD,
        checked_at=clock.now(),
        checks=checks,
        certificate=None if certificate.credential is None else views.shown(certificate),
        anchor=anchor,
    )


def _anchor(certificate: Certificate) -> AnchorProof | None:
    if certificate.anchor is None:
        return None
    return AnchorProof.model_validate({**certificate.anchor, "document_hash": certificate.document_hash})
