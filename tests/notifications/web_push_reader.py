"""What a browser does with an encrypted push message: the other half of RFC 8188 and RFC 8291."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def decrypted(body: bytes, key: ec.EllipticCurvePrivateKey, secret: bytes) -> bytes:
    """Read a message of one record; raises InvalidTag for one that is not for this key and secret."""
    salt, record_bytes, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(body) <= record_bytes
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    own = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keying = HKDF(SHA256(), 32, secret, b"WebPush: info\0" + own + sender).derive(shared)
    content_key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(keying)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(keying)
    text, end, padding = AESGCM(content_key).decrypt(nonce, sealed, None).rpartition(b"\x02")
    assert (end, padding.strip(b"\0")) == (b"\x02", b"")
    return text
