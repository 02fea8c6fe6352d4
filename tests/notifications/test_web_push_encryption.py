"""Messages to browsers are encrypted as RFC 8291 has it, whose own example is reproduced to the byte."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tests.notifications.web_push_reader import decrypted

from functions.notifications.channels import web_push

TEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
ENCRYPTED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(text), "big"), ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def test_the_example_of_the_rfc_comes_out_to_the_byte() -> None:
    """RFC 8291, 5 and appendix A."""
    sent = web_push.encrypt(TEXT, raw(BROWSER_POINT), raw(SECRET), salt=raw(SALT), own_key=private(SENDER))
    assert sent == raw(ENCRYPTED)
    assert decrypted(raw(ENCRYPTED), private(BROWSER), raw(SECRET)) == TEXT


@given(st.binary(max_size=web_push.MOST_BYTES))
def test_the_browser_reads_what_was_sent(text: bytes) -> None:
    assert decrypted(web_push.encrypt(text, raw(BROWSER_POINT), raw(SECRET)), private(BROWSER), raw(SECRET)) == text


def test_the_longest_message_is_one_record_and_a_longer_one_is_refused() -> None:
    longest = b"x" * web_push.MOST_BYTES
    assert len(web_push.encrypt(longest, raw(BROWSER_POINT), raw(SECRET))) == 4096
    with pytest.raises(ValueError, match="at most"):
        web_push.encrypt(longest + b"x", raw(BROWSER_POINT), raw(SECRET))


def test_no_two_messages_are_alike_and_no_other_browser_reads_one() -> None:
    one, two = (web_push.encrypt(TEXT, raw(BROWSER_POINT), raw(SECRET)) for _ in range(2))
    assert one[:16] != two[:16]
    assert one[21:86] != two[21:86]
    for key, secret in ((private(SENDER), raw(SECRET)), (private(BROWSER), bytes(16))):
        with pytest.raises(InvalidTag):
            decrypted(one, key, secret)


def test_a_key_that_is_no_point_of_the_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        web_push.encrypt(TEXT, b"\x04" + bytes(64), raw(SECRET))
