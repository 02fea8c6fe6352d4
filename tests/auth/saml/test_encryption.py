"""Encrypted assertions: opened with the tenant's own key, and only where somebody known signed what is in them."""

import base64
import os
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from tests.auth.saml.test_saml import STRANGER, A, School, refreshed, set_up
from tests.support.http import Client

XMLENC, XMLENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
DSIG, METADATA = "http://www.w3.org/2000/09/xmldsig#", "urn:oasis:names:tc:SAML:2.0:metadata"
GCM, CBC = f"{XMLENC11}aes256-gcm", f"{XMLENC}aes256-cbc"
OAEP, OAEP_SHA256 = f"{XMLENC}rsa-oaep-mgf1p", f"{XMLENC11}rsa-oaep"


@pytest.fixture
def school(client: Client) -> School:
    assert set_up(client).status == 200
    return School(client)


def key_of(school: School) -> rsa.RSAPublicKey:
    """Return the key that the metadata tells identity providers to encrypt to."""
    metadata = etree.fromstring(school.client.get("/api/saml/metadata").body.encode())
    (described,) = metadata.iter(f"{{{METADATA}}}KeyDescriptor")
    assert described.get("use") == "encryption"
    (text,) = described.iter(f"{{{DSIG}}}X509Certificate")
    found = x509.load_der_x509_certificate(base64.b64decode(text.text)).public_key()
    assert isinstance(found, rsa.RSAPublicKey)
    return found


def encrypted(root: Any, key: rsa.RSAPublicKey, cipher: str = GCM, transport: str = OAEP, **more: Any) -> Any:
    """Put the encrypted assertion in the place of the one that there is."""
    assertion = root.find(f"{{{A}}}Assertion")
    wanted, text = os.urandom(more.get("key_bytes", 32)), etree.tostring(assertion)
    if cipher == CBC:
        iv, count = os.urandom(16), 16 - len(text) % 16
        maker = Cipher(algorithms.AES(wanted), modes.CBC(iv)).encryptor()
        hidden = iv + maker.update(text + os.urandom(count - 1) + bytes([count])) + maker.finalize()
    else:
        nonce = os.urandom(12)
        hidden = nonce + AESGCM(wanted).encrypt(nonce, text, None)
    if more.get("is_changed"):
        hidden = hidden[:-1] + bytes([hidden[-1] ^ 1])
    digest, method = hashes.SHA1(), f'<xenc:EncryptionMethod Algorithm="{transport}"/>'  # noqa: S303 - what OAEP has by default
    wrapped = key.encrypt(wanted, padding.OAEP(padding.MGF1(digest), digest, None))
    if transport == OAEP_SHA256:
        wide = hashes.SHA256()
        wrapped = key.encrypt(wanted, padding.OAEP(padding.MGF1(wide), wide, None))
        method = (
            f'<xenc:EncryptionMethod Algorithm="{transport}"><ds:DigestMethod Algorithm="{XMLENC}sha256"/>'
            f'<x11:MGF xmlns:x11="{XMLENC11}" Algorithm="{XMLENC11}mgf1sha256"/></xenc:EncryptionMethod>'
        )
    made = etree.fromstring(
        f'<saml:EncryptedAssertion xmlns:saml="{A}" xmlns:xenc="{XMLENC}" xmlns:ds="{DSIG}">'
        f'<xenc:EncryptedData Type="{XMLENC}Element"><xenc:EncryptionMethod Algorithm="{cipher}"/>'
        f"<ds:KeyInfo><xenc:EncryptedKey>{method}<xenc:CipherData><xenc:CipherValue>"
        f"{base64.b64encode(wrapped).decode()}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>"
        f"<xenc:CipherData><xenc:CipherValue>{base64.b64encode(hidden).decode()}</xenc:CipherValue></xenc:CipherData>"
        "</xenc:EncryptedData></saml:EncryptedAssertion>"
    )
    root.replace(assertion, made)
    return etree.fromstring(etree.tostring(root))


@pytest.mark.parametrize("transport", [OAEP, OAEP_SHA256])
@pytest.mark.parametrize(("cipher", "size"), [(GCM, 32), (f"{XMLENC11}aes128-gcm", 16)])
def test_an_encrypted_assertion_signs_its_subject_in_once(
    school: School, cipher: str, size: int, transport: str
) -> None:
    school.start()
    answer = encrypted(school.signed(), key_of(school), cipher, transport, key_bytes=size)
    assert b"ada@school" not in etree.tostring(answer)
    reply = school.post(answer)
    assert reply.status == 302, reply.body
    assert refreshed(school, reply).get("/api/auth/me").data["email"] == "ada@school.example.org"
    assert school.post(answer).status == 400


def test_a_cipher_without_authentication_is_opened_within_a_signature_alone(school: School) -> None:
    school.start()
    assert school.post(encrypted(school.signed(), key_of(school), CBC)).error.code == "SIGN_IN_NOT_CONFIRMED"
    root = encrypted(school.response(), key_of(school), CBC)
    assert school.post(school.sign(root, root)).status == 302
    school.start()
    root = encrypted(school.response(assertion="_a2"), key_of(school))
    assert school.post(school.sign(root, root)).status == 302


def test_what_is_encrypted_and_signed_by_nobody_known_signs_nobody_in(school: School) -> None:
    school.start()
    assert school.post(encrypted(school.response(), key_of(school))).error.code == "SIGN_IN_NOT_CONFIRMED"
    stranger = School(school.client, cookie=school.cookie, request=school.request, key=STRANGER)
    assert school.post(encrypted(stranger.signed(), key_of(school))).error.code == "SIGN_IN_NOT_CONFIRMED"
    root = encrypted(school.response(), key_of(school))
    assert school.post(stranger.sign(root, root)).error.code == "SIGN_IN_NOT_CONFIRMED"
    assert school.post(encrypted(school.signed(), key_of(school))).status == 302


@pytest.mark.parametrize(
    "more",
    [
        {"is_changed": True},
        {"key_bytes": 16},
        {"cipher": f"{XMLENC}tripledes-cbc"},
        {"transport": f"{XMLENC}rsa-1_5"},
    ],
    ids=str,
)
def test_what_can_not_be_opened_is_refused_in_the_same_words(school: School, more: dict[str, Any]) -> None:
    school.start()
    refused = school.post(encrypted(school.signed(), key_of(school), **more))
    assert (refused.status, refused.error.code) == (400, "SIGN_IN_NOT_CONFIRMED")
    other = encrypted(school.signed(), STRANGER.public_key())
    assert school.post(other).error.code == "SIGN_IN_NOT_CONFIRMED"


def test_an_encrypted_assertion_is_held_to_everything_else(school: School) -> None:
    for change in (
        {"audience": "https://other.example.org"},
        {"request": "_other"},
        {"issuer": "https://evil.example"},
    ):
        school.start()
        assert school.post(encrypted(school.signed(**change), key_of(school))).status == 400
    both = school.signed()
    both.append(encrypted(school.signed(), key_of(school)).find(f"{{{A}}}EncryptedAssertion"))
    assert school.post(both).status == 400


def test_the_key_is_made_once_and_a_tenant_without_saml_has_none(client: Client, school: School) -> None:
    first = key_of(school).public_numbers()
    assert set_up(client).status == 200
    assert key_of(school).public_numbers() == first
    with client.cloud.new_tenant() as other:
        assert "KeyDescriptor" not in Client(client.cloud, other).get("/api/saml/metadata").body
