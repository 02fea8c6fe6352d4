"""Data Integrity proofs of the cryptosuite `eddsa-rdfc-2022` (Data Integrity EdDSA Cryptosuites 1.0, 3.2).

What is signed are 64 bytes: the SHA-256 of the proof's options and that of the document, each in canonical statements.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from functions.certificates.credentials import base58, canonical

TYPE = "DataIntegrityProof"
SUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
_ED25519 = b"\xed\x01"
"""What a multikey of an Ed25519 key begins with (Controlled Identifiers 1.0, 2.2.2)."""
_MOST_PROOFS = 5
Sign = Callable[[bytes], bytes]
KeyOf = Callable[[str], bytes | None]


class BrokenProof(ValueError):
    """A proof does not hold; the message says why."""


def multikey(public_key: bytes) -> str:
    """Write an Ed25519 public key of 32 bytes as multikey, such as `z6Mk…`."""
    return base58.encode(_ED25519 + public_key)


def raw_key(key: str) -> bytes:
    """Read the 32 bytes of an Ed25519 public key; raises ValueError for another text."""
    raw = base58.decode(key)
    if not raw.startswith(_ED25519) or len(raw) != len(_ED25519) + 32:
        raise ValueError("this is no Ed25519 multikey")
    return raw[len(_ED25519) :]


def signed(document: Mapping[str, Any], method: str, created: str, sign: Sign) -> dict[str, Any]:
    """Return a document with its proof; `method` names the key, `created` is in ISO 8601. Raises NotCanonical."""
    options = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    signature = sign(digests(document, options))
    return {**document, "proof": {**options, "proofValue": base58.encode(signature)}}


def digests(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that are signed; raises NotCanonical."""
    configured = {**options, "@context": document.get("@context")}
    parts = (canonical.statements(configured), canonical.statements(document))
    return b"".join(hashlib.sha256(part.encode()).digest() for part in parts)


def check(secured: Mapping[str, Any], key_of: KeyOf) -> str:
    """Return the verification method whose proof of a document holds; raises BrokenProof or NotCanonical.

    `key_of` returns the raw public key of a verification method, or None for one that it does not know.
    """
    document = {name: value for name, value in secured.items() if name != "proof"}
    proofs = secured.get("proof")
    listed = proofs if isinstance(proofs, list) else [proofs]
    ours = [each for each in listed[:_MOST_PROOFS] if isinstance(each, dict) and each.get("cryptosuite") == SUITE]
    if not ours:
        raise BrokenProof(f"there is no proof of the kind {SUITE}")
    for proof in ours:
        _check_one(document, proof, key_of)
    return str(ours[0]["verificationMethod"])


def _check_one(document: Mapping[str, Any], proof: Mapping[str, Any], key_of: KeyOf) -> None:
    method, value = proof.get("verificationMethod"), proof.get("proofValue")
    if proof.get("type") != TYPE or proof.get("proofPurpose") != PURPOSE:
        raise BrokenProof("the proof is of another type or for another purpose")
    if not isinstance(method, str) or not isinstance(value, str):
        raise BrokenProof("the proof names no key or has no value")
    public_key = key_of(method)
    if public_key is None:
        raise BrokenProof("the key of the proof is not known")
    options = {name: part for name, part in proof.items() if name != "proofValue"}
    try:
        signature = base58.decode(value)
    except ValueError:
        raise BrokenProof("the value of the proof is no signature") from None
    if not is_signed(public_key, signature, digests(document, options)):
        raise BrokenProof("the signature does not fit the document")


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a message was signed by a key (Ed25519, RFC 8032, 5.1.7)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
