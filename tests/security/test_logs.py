"""The watch over all logs sees what it should."""

import pytest
from aws_lambda_powertools import Logger

from tests.auth.conftest import ADA, PASSWORD
from tests.support.http import Client
from tests.support.logs import telltales, watched_logs


@pytest.mark.parametrize(
    "secret",
    [
        "ada@example.com",
        "+2348012345678",
        PASSWORD,
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
        "$argon2id$v=19$m=64",
        "a?X-Amz-Signature=0",
    ],
)
def test_a_secret_in_a_line_is_seen(secret: str) -> None:
    assert telltales(f'{{"message": "it is {secret} indeed"}}')


def test_lines_are_collected_and_a_request_leaves_a_clean_one(client: Client) -> None:
    with watched_logs() as lines:
        client.post("/api/auth/register", ADA)
        client.post("/api/auth/login", {"identifier": "ada@example.com", "password": "not this one"})
        Logger().info("by hand")
    assert len(lines) >= 3
    assert not [line for line in lines if telltales(line)]
