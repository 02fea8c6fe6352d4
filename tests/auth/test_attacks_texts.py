"""Text messages cost money: they are sent where they are switched on, and only so many a day."""

from collections.abc import Iterator

import pytest

from lyceum.kit import clock as time
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from tests.auth.conftest import ADA, Post, Visitor, prove, signed_in
from tests.support.clock import Clock
from tests.support.http import Client

PHONE = "+2348012345678"
PERSON = {key: value for key, value in ADA.items() if key not in {"email", "username"}} | {"phone": PHONE}


@pytest.fixture
def caps(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Sets variables for a test, whose functions read them anew."""
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def setting(caps: pytest.MonkeyPatch, **values: object) -> None:
    for name, value in values.items():
        caps.setenv(f"LYCEUM_{name.upper()}", str(value))
    settings.cache_clear()


def test_a_stage_without_texts_sends_none_and_asks_for_none(
    client: Client, post: Post, caps: pytest.MonkeyPatch
) -> None:
    client.post("/api/auth/register", PERSON)
    prove(client, post, PHONE)
    setting(caps, channels="email,push")
    Visitor(client).login(PHONE)
    assert client.post("/api/auth/otp", {"identifier": PHONE}).status == 202
    assert post.bring() == []
    elsewhere = Visitor(client, address="192.0.2.9").login(PHONE)
    assert elsewhere.status == 200 and "challengeToken" not in elsewhere.data


def test_an_account_gets_so_many_texts_a_day(
    client: Client, post: Post, clock: Clock, caps: pytest.MonkeyPatch
) -> None:
    setting(caps, texts_daily_account=1)
    client.post("/api/auth/register", PERSON)
    prove(client, post, PHONE)
    for _ in range(3):
        clock.advance(minutes=1)
        client.post("/api/auth/otp", {"identifier": PHONE})
        assert post.bring() == []
    clock.advance(days=1)
    client.post("/api/auth/otp", {"identifier": PHONE})
    assert [number for number, _ in post.bring()] == [PHONE]


@pytest.mark.parametrize(("cap", "alike"), [("texts_daily_block", True), ("texts_daily_tenant", False)])
def test_many_accounts_together_get_so_many_texts_a_day(
    client: Client, post: Post, clock: Clock, caps: pytest.MonkeyPatch, cap: str, alike: bool
) -> None:
    setting(caps, **{cap: 4})
    for number in range(7):
        phone = f"+23480123400{number:02d}" if alike else f"+2348012{number}45678"
        assert client.post("/api/auth/register", PERSON | {"phone": phone}).status == 201
    post.bring()
    assert len(post.sent) == 4


def test_the_counts_name_no_number(client: Client, post: Post) -> None:
    client.post("/api/auth/register", PERSON)
    post.bring()
    counted = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "texts_sent"]
    assert len(counted) == 3
    assert not any(PHONE[:-4] in str(item) for item in counted)


def test_a_number_that_just_changed_signs_nobody_in(client: Client, post: Post, clock: Clock) -> None:
    user_id = client.post("/api/auth/register", PERSON).data["userId"]
    prove(client, post, PHONE)
    Unit().change(User.at(user_id=user_id), User.phone_changed_at.set(time.now())).commit()
    for name in (PHONE, User.require(user_id=user_id).username):
        clock.advance(minutes=1)
        client.post("/api/auth/otp", {"identifier": name})
        assert post.bring() == []
    clock.advance(hours=72)
    client.post("/api/auth/otp", {"identifier": PHONE})
    assert [number for number, _ in post.bring()] == [PHONE]


def test_a_change_of_the_number_begins_the_pause(clock: Clock, ada: Visitor, client: Client, post: Post) -> None:
    prove(client, post)
    me = signed_in(client, ada.login())
    for phone in (PHONE, "+2348087654321"):
        me.put("/api/profile/update", {"phone": phone})
        assert me.post("/api/auth/verify-email", {"identifier": phone, "code": post.code()}).status == 200
        clock.advance(minutes=1)
    client.post("/api/auth/otp", {"identifier": "+2348087654321"})
    assert [number for number, _ in post.bring() if number == "+2348087654321"] == []
