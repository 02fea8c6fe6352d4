"""What alarms watch is counted: failed sign-ins, spent refresh tokens that come back, rights that are missing."""

import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.logs import watched_logs
from tests.support.story import PASSWORD, Story

Counted = Callable[[], Counter[str]]
SIGNALS = {"SignInsFailed", "RefreshReuse", "PermissionsRefused"}


@pytest.fixture
def counted() -> Iterator[Counted]:
    """Returns how often each signal was counted so far."""
    with watched_logs() as lines:
        yield lambda: Counter(name for line in lines for name in json.loads(line) if name in SIGNALS)


def test_failed_sign_ins_are_counted_and_logged_with_the_account(client: Client, counted: Counted) -> None:
    made = client.post("/api/auth/register", Story.person("ada")).data
    with watched_logs() as lines:
        for name in ("ada", "nobody"):
            client.post("/api/auth/login", {"identifier": name, "password": "not this one"})
        client.post("/api/auth/login/otp", {"identifier": "ada@example.com", "code": "000000"})
    assert counted() == {"SignInsFailed": 3}
    told = [json.loads(line) for line in lines if "sign-in failed" in line]
    assert [(line["user"], line["by"]) for line in told] == [(made["userId"], "password"), ("nobody", "password")]
    client.post("/api/auth/login", {"identifier": "ada", "password": PASSWORD})
    assert counted() == {"SignInsFailed": 3}


def test_a_spent_refresh_token_that_comes_back_is_counted(client: Client, clock: Clock, counted: Counted) -> None:
    client.post("/api/auth/register", Story.person("ada"))
    token = client.post("/api/auth/login", {"identifier": "ada", "password": PASSWORD}).data["refreshToken"]
    for _ in range(2):
        assert client.post("/api/auth/refresh", {"refreshToken": token}).status == 200
    assert counted() == {}
    clock.advance(seconds=21)
    assert client.post("/api/auth/refresh", {"refreshToken": token}).status == 401
    assert counted() == {"RefreshReuse": 1}


def test_missing_rights_are_counted_and_other_refusals_are_not(client: Client, counted: Counted) -> None:
    student = client.as_("student")
    assert student.get("/api/users").status == 403
    assert student.get(f"/api/users/{'0' * 26}").status == 404
    assert client.get("/api/users").status == 401
    assert counted() == {"PermissionsRefused": 1}
