"""Whoever changes credentials can not do it in silence: the address from before is told, and undoes it for 72 hours."""

import re
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest

from lyceum.model.auth import UndoOffer
from lyceum.model.users.account import User
from tests.auth.conftest import PASSWORD, Post, Visitor, holder, prove, signed_in
from tests.support.clock import Clock
from tests.support.http import Client, Reply

THEIRS = "Mallory@example.org"
NEW = "another engine of brass"


def link_in(sent: list[tuple[str, str]]) -> tuple[str, str]:
    """Return whom a link that undoes was sent to, and its token."""
    for address, text in sent:
        if found := re.search(r"https://\S+/api/auth/undo\S+", text):
            return address, parse_qs(urlparse(found[0]).query)["token"][0]
    raise AssertionError(sent)


def undo(client: Client, token: str) -> Reply:
    return client.send("POST", "/api/auth/undo", None, {"token": token})


def take_over(thief: Client, post: Post, address: str = THEIRS) -> tuple[str, str]:
    """Change the address as somebody with a stolen session does; returns whom a link went to, and its token."""
    assert thief.put("/api/profile/update", {"email": address}).status == 200
    code = post.code()
    assert thief.post("/api/auth/verify-email", {"identifier": address, "code": code}).status == 200
    return link_in(post.bring())


@pytest.fixture
def thief(client: Client, ada: Visitor, post: Post) -> Client:
    """Somebody who holds a session of Ada's."""
    prove(client, post)
    return signed_in(client, ada.login())


def stored(thief: Client) -> User:
    return User.require(user_id=thief.user_id, consistent=True)


def test_another_address_is_undone_from_the_old_one(client: Client, ada: Visitor, thief: Client, post: Post) -> None:
    address, token = take_over(thief, post)
    assert address == "Ada@example.com"
    page = client.get("/api/auth/undo", {"token": token})
    assert page.status == 200 and "<form" in page.body
    assert stored(thief).email == THEIRS  # a mail scanner that opens the link changes nothing
    done = undo(client, token)
    assert (done.status, "undone" in done.body) == (200, True)
    user = stored(thief)
    assert user.email == "Ada@example.com" and user.email_verified_at is not None and user.wanted_email is None
    assert thief.get("/api/users").status == 403
    assert thief.post("/api/auth/logout").status == 404  # its session has ended
    assert ada.login("ada@example.com").status == 200
    assert ada.login(THEIRS).status == 401
    assert undo(client, token).status == 410


def test_nobody_takes_the_old_address_while_it_can_be_undone(client: Client, thief: Client, post: Post) -> None:
    _, token = take_over(thief, post)
    other = {"email": "ada@example.com", "password": NEW, "firstName": "M", "lastName": "M"}
    assert client.post("/api/auth/register", other).status == 409
    assert undo(client, token).status == 200


def test_a_change_that_follows_is_undone_with_it(client: Client, ada: Visitor, thief: Client, post: Post) -> None:
    _, token = take_over(thief, post)
    take_over(thief, post, "second@example.org")
    assert undo(client, token).status == 200
    assert stored(thief).email == "Ada@example.com"
    assert [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "undo_offer"] == []


def test_another_password_is_undone(client: Client, ada: Visitor, thief: Client, post: Post) -> None:
    wanted = {"currentPassword": PASSWORD, "newPassword": NEW}
    assert thief.post("/api/auth/update-password", wanted).status == 200
    address, token = link_in(post.bring())
    assert address == "Ada@example.com"
    assert ada.login(password=PASSWORD).status == 401
    assert undo(client, token).status == 200
    assert ada.login(password=PASSWORD).status == 200


def test_a_thiefs_own_link_does_not_survive_the_owners(client: Client, ada: Visitor, thief: Client, post: Post) -> None:
    _, owners = take_over(thief, post)
    thief.post("/api/auth/update-password", {"currentPassword": PASSWORD, "newPassword": NEW})
    address, thiefs = link_in(post.bring())
    assert address == THEIRS
    assert undo(client, owners).status == 200
    assert undo(client, thiefs).status == 410


def test_a_second_factor_is_undone(clock: Clock, client: Client, ada: Visitor, thief: Client, post: Post) -> None:
    secret = thief.post("/api/auth/2fa/enable").data["secret"]
    code = pyotp.TOTP(secret).at(clock.at)
    assert thief.post("/api/auth/2fa/verify", {"code": code}).status == 200
    _, token = link_in(post.bring())
    assert "challengeToken" in ada.login().data
    assert undo(client, token).status == 200
    assert "accessToken" in ada.login().data


def test_a_link_is_good_for_72_hours_and_can_not_be_made_up(
    clock: Clock, client: Client, thief: Client, post: Post
) -> None:
    _, token = take_over(thief, post)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert undo(client, forged).status == 400
    clock.advance(hours=72, seconds=1)
    assert undo(client, token).status == 410
    assert client.get("/api/auth/undo", {"token": token}).status == 410
    assert stored(thief).email == THEIRS


def test_what_was_never_proven_gets_no_link(client: Client, ada: Visitor, post: Post) -> None:
    thief = signed_in(client, ada.login())
    thief.post("/api/auth/update-password", {"currentPassword": PASSWORD, "newPassword": NEW})
    assert [text for _, text in post.bring() if "undo" in text] == []
    assert holder(ada.login(password=NEW)).user_id == thief.user_id
    assert UndoOffer.noun == "change"
