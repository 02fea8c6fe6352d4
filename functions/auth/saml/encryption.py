"""Encrypted assertions (XML Encryption 1.1): the tenant's own key, and opening what was encrypted to it.

What a cipher without authentication holds is looked at only when a pinned key signed the answer around it, so that
nobody learns of a text by sending changed ones; PKCS #1 v1.5 is not taken at all (XML Encryption 1.1, 6.1.3).
"""

import base64
from datetime import timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.federation import EncryptionKey

from functions.auth.federation.calls import refused

_PURPOSE = "saml encryption"
_BITS = 2048
_GOOD_FOR = timedelta(days=3650)
_E, _D = "{http://www.w3.org/2001/04/xmlenc#}", "{http://www.w3.org/2000/09/xmldsig#}"
_XMLENC, _XMLENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
AUTHENTICATED = {f"{_XMLENC11}aes128-gcm": 16, f"{_XMLENC11}aes256-gcm": 32}
"""Bytes of the key by the name of a cipher."""
_PLAIN = {f"{_XMLENC}aes128-cbc": 16, f"{_XMLENC}aes256-cbc": 32}
KEY_TRANSPORTS = (f"{_XMLENC}rsa-oaep-mgf1p", f"{_XMLENC11}rsa-oaep")
_DIGESTS = {
    "http://www.w3.org/2000/09/xmldsig#sha1": "SHA1",
    f"{_XMLENC}sha256": "SHA256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "SHA384",
    f"{_XMLENC}sha512": "SHA512",
}
_MASKS = {f"{_XMLENC11}mgf1{name.lower()}": name for name in ("SHA1", "SHA256", "SHA384", "SHA512")}
_BLOCK = 16


def have_key(unit: Unit) -> None:
    """Add the tenant's key to a unit, where it has none yet (1 read)."""
    if EncryptionKey.fetch(use="encryption", consistent=True) is None:
        unit.create(_made())


def certificate() -> str | None:
    """Return the tenant's certificate in base64 of DER, or None where it has no key yet (1 read)."""
    found = EncryptionKey.fetch(use="encryption")
    return str(found.certificate) if found else None


def _made() -> EncryptionKey:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key, now = rsa.generate_private_key(65537, _BITS), clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Lyceum")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + _GOOD_FOR)
    der = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return EncryptionKey(
        use="encryption", private_key=sealing.encrypt(_PURPOSE, text), certificate=base64.b64encode(der).decode()
    )


def opened(encrypted: Any, *, is_signed: bool) -> bytes:
    """Return the assertion within an `EncryptedAssertion` (1 read); raises BadRequest for what can not be opened.

    `is_signed` says whether a pinned key signed the answer that it stands in.
    """
    from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm

    kept = EncryptionKey.fetch(use="encryption")
    if kept is None:
        raise refused()
    try:
        return _opened(encrypted, sealing.decrypt(_PURPOSE, kept.private_key), is_signed=is_signed)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, InvalidTag, UnsupportedAlgorithm):
        raise refused() from None


def _opened(encrypted: Any, private_key: str, *, is_signed: bool) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = encrypted.find(f"{_E}EncryptedData")
    (wrapped,) = encrypted.iter(f"{_E}EncryptedKey")
    cipher = data.find(f"{_E}EncryptionMethod").get("Algorithm")
    sizes = AUTHENTICATED | _PLAIN if is_signed else AUTHENTICATED
    size, key, text = sizes[cipher], _unwrapped(wrapped, private_key), _value(data)
    if len(key) != size:
        raise ValueError("a key of another size")
    return AESGCM(key).decrypt(text[:12], text[12:], None) if cipher in AUTHENTICATED else _from_blocks(key, text)


def _unwrapped(wrapped: Any, private_key: str) -> bytes:
    """Return the key of the text, encrypted by RSA-OAEP (XML Encryption 1.1, 5.5.2)."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    method = wrapped.find(f"{_E}EncryptionMethod")
    if method.get("Algorithm") not in KEY_TRANSPORTS:
        raise ValueError("another key transport")
    digest, mask = method.find(f"{_D}DigestMethod"), method.find(f"{{{_XMLENC11}}}MGF")
    hashed = getattr(hashes, "SHA1" if digest is None else _DIGESTS[digest.get("Algorithm")])()
    masked = getattr(hashes, "SHA1" if mask is None else _MASKS[mask.get("Algorithm")])()
    own = serialization.load_pem_private_key(private_key.encode(), None)
    if not isinstance(own, rsa.RSAPrivateKey):
        raise TypeError("another kind of key")
    return own.decrypt(_value(wrapped), padding.OAEP(padding.MGF1(masked), hashed, None))


def _from_blocks(key: bytes, text: bytes) -> bytes:
    """Decrypt by CBC; the last byte says how many are padding (XML Encryption 1.1, 5.2.1)."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    opener = Cipher(algorithms.AES(key), modes.CBC(text[:_BLOCK])).decryptor()
    plain = opener.update(text[_BLOCK:]) + opener.finalize()
    if not 1 <= plain[-1] <= _BLOCK:
        raise ValueError("no padding")
    return plain[: -plain[-1]]


def _value(element: Any) -> bytes:
    text = element.find(f"{_E}CipherData/{_E}CipherValue").text
    return base64.b64decode("".join(text.split()), validate=True)
