"""Whatever ends a session ends its access tokens, and a token says the role that its holder may act in."""

from typing import Any

from lyceum.kit.identity import tokens
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.records import Revocation
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from lyceum.rules.sessions import renew_rights
from tests.auth.conftest import ADA, PASSWORD, Post, Visitor, holder, prove, signed_in
from tests.support.http import Client


def ended(client: Client) -> set[str]:
    """Return the sessions and users whose tokens ended."""
    found = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "revocation"]
    return {str(Revocation.from_raw_data(item).subject) for item in found}


def test_signing_out_ends_the_tokens_of_the_session(client: Client, ada: Visitor) -> None:
    first = signed_in(client, ada.login())
    assert ended(client) == set()
    assert first.post("/api/auth/logout").status == 200
    assert first.principal and ended(client) == {first.principal.session_id}


def test_revoked_sessions_end_their_tokens(client: Client, ada: Visitor) -> None:
    one, two, three = (holder(ada.login()).session_id for _ in range(3))
    here = signed_in(client, ada.login())
    assert here.delete(f"/api/auth/sessions/{one}").status == 200
    assert ended(client) == {one}
    assert here.delete("/api/auth/sessions").data == {"ended": 2}
    assert ended(client) == {one, two, three}


def test_another_password_ends_the_tokens_of_all_other_sessions(client: Client, ada: Visitor, post: Post) -> None:
    other, here = holder(ada.login()).session_id, signed_in(client, ada.login())
    wanted = {"currentPassword": PASSWORD, "newPassword": "another engine of brass"}
    assert here.post("/api/auth/update-password", wanted).status == 200
    assert ended(client) == {other}


def test_a_reset_ends_the_tokens_of_all_sessions(client: Client, ada: Visitor, post: Post) -> None:
    prove(client, post)
    sessions = {holder(ada.login()).session_id for _ in range(2)}
    client.post("/api/auth/reset-password", {"identifier": "ada@example.com"})
    ticket = client.post("/api/auth/verify-code", {"identifier": "ada@example.com", "code": post.code()}).data["ticket"]
    client.post("/api/auth/update-password", {"ticket": ticket, "newPassword": "another engine of brass"})
    assert ended(client) == sessions


def test_a_spent_refresh_token_ends_the_tokens_of_its_session(client: Client, ada: Visitor, clock: Any) -> None:
    reply = ada.login()
    spent = {"refreshToken": reply.data["refreshToken"]}
    assert client.post("/api/auth/refresh", spent).status == 200
    clock.advance(minutes=1)
    assert client.post("/api/auth/refresh", spent).status == 401
    assert len(ended(client)) == 1


def test_a_token_says_the_role_that_its_holder_may_act_in(client: Client) -> None:
    mentor = ADA | {"role": "mentor"}
    client.post("/api/auth/register", mentor)
    reply = Visitor(client).login()
    assert tokens.read(reply.data["accessToken"]).role is Role.STUDENT
    user = User.require(user_id=holder(reply).user_id)
    user.is_verified = True
    revocation = renew_rights(user, ends_sessions=False)
    Unit().replace(user).put(revocation).commit()
    refreshed = client.post("/api/auth/refresh", {"refreshToken": reply.data["refreshToken"]})
    assert tokens.read(refreshed.data["accessToken"]).role is Role.MENTOR


def test_a_suspension_ends_sessions_for_good(client: Client, ada: Visitor) -> None:
    reply = ada.login()
    user = User.require(user_id=holder(reply).user_id)
    for ends_sessions in (True, False):
        Unit().put(renew_rights(user, ends_sessions=ends_sessions)).replace(user).commit()
    assert client.post("/api/auth/refresh", {"refreshToken": reply.data["refreshToken"]}).status == 401
