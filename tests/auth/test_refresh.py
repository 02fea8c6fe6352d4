"""Refresh tokens: rotation, crossing requests, reuse, ends."""

import pytest

from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.auth import RefreshKey, Session
from lyceum.model.users.account import User
from lyceum.rules import sessions
from tests.auth.conftest import HERE, Post, Visitor, holder, prove, signed_in
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.auth.sign_in.refresh import refresh_session


def refresh(client: Client, token: str) -> Reply:
    return client.post("/api/auth/refresh", {"refreshToken": token})


def test_a_token_is_exchanged_for_its_successor(ada: Visitor, client: Client) -> None:
    first = ada.login()
    second = refresh(client, first.data["refreshToken"])
    assert second.data["refreshToken"] != first.data["refreshToken"]
    assert holder(second) == holder(first)
    assert second.cost.operations == ["BatchGetItem", "TransactWriteItems"]


def test_the_cookie_serves_as_well(ada: Visitor, client: Client) -> None:
    token = ada.login().data["refreshToken"]
    reply = client.post("/api/auth/refresh", {}, cookie=f"other=1; refresh_token={token}")
    assert reply.status == 200
    assert any(cookie.startswith("refresh_token=") and "Path=/api/auth" in cookie for cookie in reply.cookies)


def test_a_lost_answer_is_given_again_for_a_short_while(ada: Visitor, client: Client, clock: Clock) -> None:
    first = ada.login().data["refreshToken"]
    second = refresh(client, first).data["refreshToken"]
    clock.advance(seconds=20)
    assert refresh(client, first).data["refreshToken"] == second
    assert refresh(client, second).status == 200


def test_two_at_once_get_the_same_successor(ada: Visitor, client: Client) -> None:
    first = ada.login().data["refreshToken"]
    answers = at_once(*[lambda: refresh_session(first, HERE)] * 3)
    assert len({answer.refresh_token for answer in answers}) == 1
    assert refresh(client, answers[0].refresh_token).status == 200


def test_a_spent_token_that_comes_back_later_ends_the_session_and_is_told(
    clock: Clock, ada: Visitor, client: Client, post: Post
) -> None:
    prove(client, post)
    first = ada.login()
    second = refresh(client, first.data["refreshToken"])
    clock.advance(seconds=21)
    assert refresh(client, first.data["refreshToken"]).status == 401
    assert refresh(client, second.data["refreshToken"]).status == 401
    with pytest.raises(Exception, match="ended"):
        holder(second)
    assert any("used twice" in text for _, text in post.bring())


def test_the_token_before_the_last_is_reuse_at_once(ada: Visitor, client: Client) -> None:
    first = ada.login().data["refreshToken"]
    second = refresh(client, first).data["refreshToken"]
    third = refresh(client, second).data["refreshToken"]
    assert refresh(client, first).status == 401
    assert refresh(client, third).status == 401


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_forged_tokens_are_refused_and_end_nothing(ada: Visitor, client: Client, part: int) -> None:
    good = ada.login().data["refreshToken"]
    parts = good.split(".")
    parts[part] = "2" if part == 2 else "A" + parts[part][1:] if parts[part][0] != "A" else "B" + parts[part][1:]
    assert refresh(client, ".".join(parts)).status == 401
    assert refresh(client, good).status == 200


@pytest.mark.parametrize("token", ["", "a", "a.b.c.d", "a.b.-1.d", "x" * 200])
def test_texts_that_are_no_tokens_are_refused(client: Client, token: str) -> None:
    assert refresh(client, token).status in {400, 401}


def test_a_token_of_another_tenant_is_refused(ada: Visitor, client: Client) -> None:
    token = ada.login().data["refreshToken"]
    assert refresh(client.of("elsewhere"), token).status == 401


def test_a_session_ends_after_a_week_without_use_and_after_ninety_days_at_the_latest(
    ada: Visitor, client: Client, clock: Clock
) -> None:
    token = ada.login().data["refreshToken"]
    for _ in range(14):
        clock.advance(days=6)
        token = refresh(client, token).data["refreshToken"]
    clock.advance(days=6)
    assert refresh(client, token).status == 401
    token = ada.login().data["refreshToken"]
    clock.advance(days=7)
    assert refresh(client, token).status == 401


@pytest.mark.parametrize(
    "change", [User.permissions_version.add(1), User.status.set("suspended")], ids=["role", "suspension"]
)
def test_a_changed_role_or_a_suspension_ends_the_session(ada: Visitor, client: Client, change: object) -> None:
    reply = ada.login()
    Unit().change(User.at(user_id=holder(reply).user_id), change).commit()  # type: ignore[arg-type]
    assert refresh(client, reply.data["refreshToken"]).status == 401
    with pytest.raises(Unauthenticated):
        sessions.recheck(holder(reply))


def test_signing_out_ends_the_session_at_once(ada: Visitor, client: Client) -> None:
    reply = ada.login()
    out = signed_in(client, reply).post("/api/auth/logout", {})
    assert out.data == {"ended": 1} and any(
        "refresh_token=; " in cookie and "Max-Age=0" in cookie for cookie in out.cookies
    )
    assert refresh(client, reply.data["refreshToken"]).status == 401


def test_nothing_stored_is_a_token(ada: Visitor, client: Client, tenant: str) -> None:
    token = ada.login().data["refreshToken"]
    stored = str(client.cloud.items(tenant))
    assert token not in stored and token.split(".")[3] not in stored
    key = RefreshKey.require(user_id=token.split(".")[0], session_id=token.split(".")[1])
    assert sealing.mark("refresh", *token.split(".")[:3], key.nonce) == token.split(".")[3]


def test_sessions_are_listed_with_their_devices_and_ended_one_by_one_or_together(
    ada: Visitor, client: Client, clock: Clock
) -> None:
    ada.login(device="Tecno Spark")
    clock.advance(seconds=1)
    other = ada.login(device="Library PC")
    clock.advance(seconds=1)
    here = signed_in(client, ada.login())
    listed = here.get("/api/auth/sessions")
    assert [item.get("device") for item in listed.data] == [None, "Library PC", "Tecno Spark"]
    assert [item["isCurrent"] for item in listed.data] == [True, False, False]
    assert listed.cost.operations == ["Query"]
    assert here.delete(f"/api/auth/sessions/{holder(other).session_id}").data == {"ended": 1}
    assert here.delete("/api/auth/sessions/01HZZZZZZZZZZZZZZZZZZZZZZZ").status == 404
    assert here.delete("/api/auth/sessions").data == {"ended": 1}
    assert [item["isCurrent"] for item in here.get("/api/auth/sessions").data] == [True]


def test_nobody_ends_the_session_of_another(ada: Visitor, client: Client) -> None:
    session_id = holder(ada.login()).session_id
    eve = client.as_("eve", "student")
    assert eve.delete(f"/api/auth/sessions/{session_id}").status == 404
    assert Session.fetch(user_id=holder(ada.login()).user_id, session_id=session_id)
