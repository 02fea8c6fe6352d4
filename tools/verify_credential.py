"""Verifies a certificate without asking anybody: its proof, its time, its status and its anchor, from files alone.

    python -m tools.verify_credential credential.json --issuer did.json
    python -m tools.verify_credential badge.png --issuer did.json --status status.json --anchor verification.json

`credential.json` is the signed document (also inside the answer of `GET /api/certificates/{id}?form=credential`), its
JWT, or a badge (PNG, SVG) or PDF that carries it. `did.json` is what the issuer publishes at `/.well-known/did.json`;
keep a copy from a time when you trusted it. `status.json` is the list that the document names, `verification.json` the
answer of `GET /api/certificates/{id}/verify`; the root in it stands in the audit event that it names. What is not given
is not checked, and the answer says so. Nothing is fetched. Exits with 1 when something does not hold.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "layers/lyceum/python"), str(HERE)]

from lyceum.kit import clock  # noqa: E402

from functions.certificates.checking import documents, merkle  # noqa: E402
from functions.certificates.checking.documents import NotProven  # noqa: E402
from functions.certificates.credentials import baking, building, jwt_form, proofs, status_lists  # noqa: E402
from functions.certificates.credentials.canonical import NotCanonical  # noqa: E402

_PNG, _PDF = b"\x89PNG", b"%PDF-"


def verify(
    shown: Mapping[str, Any] | str,
    issuer: Mapping[str, Any],
    *,
    status: Mapping[str, Any] | None = None,
    anchor: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return what was found to hold of a document, or of a token; raises NotProven for the first thing that does not.

    - `issuer`: the issuer's document. `status`: the status list, signed. `anchor`: the `anchor` of a verification.
    """
    document = _from_token(shown, issuer) if isinstance(shown, str) else shown
    documents.check_form(document)
    if documents.issuer_of(document) != issuer.get("id"):
        raise NotProven("UNKNOWN_ISSUER", "it was issued by another than the given issuer")
    if not isinstance(shown, str):
        documents.check_proof(document, lambda method: _key(issuer, method))
    documents.check_times(document, clock.now())
    held = [f"signed by {issuer['id']}", "within its time"]
    held += _check_status(document, issuer, status) if status is not None else []
    held += _check_anchor(document, anchor) if anchor is not None else []
    return held


def _key(issuer: Mapping[str, Any], method: str) -> bytes | None:
    """Return the Ed25519 key of a method that the issuer lists for assertions."""
    if method not in issuer.get("assertionMethod", []):
        return None
    for listed in issuer.get("verificationMethod", []):
        if listed.get("id") == method and listed.get("publicKeyMultibase"):
            return proofs.raw_key(listed["publicKeyMultibase"])
    return None


def _from_token(token: str, issuer: Mapping[str, Any]) -> Mapping[str, Any]:
    for listed in issuer.get("verificationMethod", []):
        if listed.get("publicKeyJwk"):
            try:
                return jwt_form.read(token.strip(), listed["publicKeyJwk"])
            except ValueError:
                continue
    raise NotProven("SIGNATURE", "the token is signed by no key of the issuer")


def _check_status(document: Mapping[str, Any], issuer: Mapping[str, Any], listed: Mapping[str, Any]) -> list[str]:
    entry = document.get("credentialStatus") or {}
    if listed.get("id") != entry.get("statusListCredential") or listed.get("issuer") != issuer.get("id"):
        raise NotProven("STATUS", "the status list is not the one that the document names")
    documents.check_proof(listed, lambda method: _key(issuer, method))
    try:
        is_revoked = status_lists.is_set(listed, int(entry["statusListIndex"]))
    except (KeyError, ValueError) as error:
        raise NotProven("STATUS", str(error)) from None
    if is_revoked:
        raise NotProven("REVOKED", f"it was revoked or replaced, says the list of {listed.get('validFrom')}")
    return [f"not revoked in the list of {listed.get('validFrom')}"]


def _check_anchor(document: Mapping[str, Any], anchor: Mapping[str, Any]) -> list[str]:
    digest = building.hash_of(document)
    if digest != anchor.get("documentHash"):
        raise NotProven("ANCHOR", "the anchor is of another document")
    if not merkle.leads_to(digest, anchor["path"], anchor["root"]):
        raise NotProven("ANCHOR", "its hash does not lead to the root of the anchor")
    return [f"among the {anchor['count']} of {anchor['day']}, whose root is {anchor['root']}"]


def read(file: Path) -> Mapping[str, Any] | str:
    """Read a document, an answer of the API that holds one, a token, a badge or a PDF; raises ValueError."""
    raw = file.read_bytes()
    if raw.startswith(_PNG):
        return baking.from_png(raw)
    if raw.startswith(_PDF):
        return baking.from_pdf(raw)
    text = raw.decode().strip()
    if text.startswith("<"):
        return baking.from_svg(text)
    if not text.startswith("{"):
        return text
    found = json.loads(text)
    found = found.get("data", found)
    return dict(found.get("credential", found))


def _anchors(file: Path | None) -> Mapping[str, Any] | None:
    """Read the anchor of a verification; None for a certificate that waits for its first night."""
    if file is None:
        return None
    found = json.loads(file.read_text())
    found = found.get("data", found)
    found = found.get("anchor", found)
    return dict(found) if "root" in found else None


def _not_checked(arguments: argparse.Namespace, anchor: Mapping[str, Any] | None) -> Iterator[str]:
    if arguments.status is None:
        yield "whether it was revoked (--status)"
    if arguments.anchor is None:
        yield "when it was there (--anchor)"
    elif anchor is None:
        yield "when it was there (it is anchored the night after it was issued)"


def main(arguments: list[str]) -> int:
    """Check the file named on the command line and say what was found."""
    parser = argparse.ArgumentParser(prog="verify_credential", description="Verify a certificate offline.")
    parser.add_argument("credential", type=Path, help="the signed document, its JWT, or a badge or PDF that has it")
    parser.add_argument("--issuer", type=Path, required=True, help="the issuer's did.json")
    parser.add_argument("--status", type=Path, help="the status list that the document names")
    parser.add_argument("--anchor", type=Path, help="the answer of the certificate's verification")
    asked = parser.parse_args(arguments)
    status = json.loads(asked.status.read_text()) if asked.status else None
    try:
        issuer = json.loads(asked.issuer.read_text())
        anchor = _anchors(asked.anchor)
        held = verify(read(asked.credential), issuer, status=status, anchor=anchor)
    except (NotProven, NotCanonical, baking.NotBaked, ValueError, KeyError) as doubt:
        print(f"not proven: {doubt}")
        return 1
    left = _not_checked(asked, anchor)
    print("\n".join([*(f"proven: {each}" for each in held), *(f"not checked: {each}" for each in left)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
