"""Certificates are signed at KMS where the stage has a key there, and by what follows from the secret elsewhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

from functions.certificates.credentials import building, credential_keys, issuer, proofs

ARN = "arn:aws:kms:eu-west-1:000000000000:key/credentials"


class Kms:
    """Signs as KMS does: Ed25519 over raw messages alone, of 4096 bytes at most."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.signed: list[bytes] = []

    def get_public_key(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"KeyId": ARN}
        return {"PublicKey": self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}

    def sign(self, **asked: Any) -> dict[str, Any]:
        message = asked.pop("Message")
        assert asked == {"KeyId": ARN, "MessageType": "RAW", "SigningAlgorithm": "ED25519_SHA_512"}
        assert len(message) <= 4096
        self.signed.append(message)
        return {"Signature": self.private.sign(message)}


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    fake, client = Kms(), clients.client
    credential_keys._public_half.cache_clear()
    monkeypatch.setattr(clients, "client", lambda name: fake if name == "kms" else client(name))
    there = settings().model_copy(update={"credential_key": ARN})
    monkeypatch.setattr(credential_keys, "settings", lambda: there)
    yield fake
    credential_keys._public_half.cache_clear()


def test_a_document_is_signed_by_the_key_at_kms(kms: Kms, tenant: str) -> None:
    document = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}
    signed = building.sign(document, clock.now())
    key = issuer.signing_key()
    assert key.public == kms.private.public_key().public_bytes_raw()
    assert proofs.check(signed, {key.method: key.public}.get) == key.method
    assert [len(message) for message in kms.signed] == [64]


def test_more_than_kms_takes_is_refused_here(kms: Kms) -> None:
    _, sign = credential_keys.present()
    assert sign(b"x" * 4096)
    with pytest.raises(credential_keys.MessageTooLong):
        sign(b"x" * 4097)


def test_without_a_key_there_it_follows_from_the_secret() -> None:
    (public, sign), (again, _) = credential_keys.present(), credential_keys.present()
    assert public == again
    assert proofs.is_signed(public, sign(b"message"), b"message")
