"""The Ed25519 key that credentials are signed with: at KMS where the stage has one there, else from its secret.

KMS signs Ed25519 over the message itself (`ED25519_SHA_512`, `MessageType` RAW), and takes 4096 bytes at most: the 64
of a Data Integrity proof always fit. Without a key there, as in tests, it follows from the deployment's secret (HKDF,
RFC 5869) and stands nowhere.
"""

from functools import cache, partial
from typing import TYPE_CHECKING

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

from functions.certificates.credentials.proofs import Sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_BYTES = 4096
_ALGORITHM = "ED25519_SHA_512"
_PURPOSE = b"lyceum credentials 1"
_RAW_BYTES = 32


class MessageTooLong(ValueError):
    """A message has more bytes than the key signs at once."""


def present() -> tuple[bytes, Sign]:
    """Return the public half of the key that signs now, 32 bytes, and what signs with it."""
    arn = settings().credential_key
    if arn:
        return _public_half(arn), partial(_sign, arn)
    private = _derived(clients.secret_text())
    return private.public_key().public_bytes_raw(), private.sign


@cache
def _public_half(arn: str) -> bytes:
    """Read the public key; its encoding (RFC 8410) ends with the 32 bytes of the key itself."""
    encoded: bytes = clients.client("kms").get_public_key(KeyId=arn)["PublicKey"]
    return encoded[-_RAW_BYTES:]


def _sign(arn: str, message: bytes) -> bytes:
    if len(message) > MOST_BYTES:
        raise MessageTooLong(f"{len(message)} bytes are more than the key signs at once")
    answer = clients.client("kms").sign(KeyId=arn, Message=message, MessageType="RAW", SigningAlgorithm=_ALGORITHM)
    return bytes(answer["Signature"])


@cache
def _derived(secret: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
