"""Signatures, against the vector that Standard Webhooks publishes."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.rules import webhook_signatures

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # not a secret
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_is_made() -> None:
    assert webhook_signatures.sign(SECRET, MESSAGE_ID, AT, BODY) == SIGNATURE


def test_while_a_secret_changes_both_sign() -> None:
    other = webhook_signatures.new_secret()
    sent = webhook_signatures.headers([other, SECRET], MESSAGE_ID, AT, BODY)
    first, second = sent["webhook-signature"].split(" ")
    assert second == SIGNATURE and first == webhook_signatures.sign(other, MESSAGE_ID, AT, BODY) != SIGNATURE
    assert (sent["webhook-id"], sent["webhook-timestamp"]) == (MESSAGE_ID, "1614265330")


def test_a_secret_has_256_random_bits() -> None:
    secrets = {webhook_signatures.new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in secrets} == {32}


@given(st.text(max_size=40), st.text(max_size=40))
def test_another_body_or_id_has_another_signature(body: str, message_id: str) -> None:
    made = webhook_signatures.sign(SECRET, message_id, AT, body)
    assert (made == SIGNATURE) == ((message_id, body) == (MESSAGE_ID, BODY))


@pytest.mark.parametrize("change", [1, -1])
def test_another_second_has_another_signature(change: int) -> None:
    moved = datetime.fromtimestamp(1614265330 + change, UTC)
    assert webhook_signatures.sign(SECRET, MESSAGE_ID, moved, BODY) != SIGNATURE
