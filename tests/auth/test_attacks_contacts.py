"""What was never proven signs nobody in; addresses and names are compared folded and kept as given."""

import pytest

from lyceum.model.users.account import User
from tests.auth.conftest import ADA, PASSWORD, Post, Visitor, signed_in
from tests.support.clock import Clock
from tests.support.http import Client

VICTIM = "victim@example.com"
EVES = "+2348011111111"
NEW = "four green bicycles today"
SQUATTED = {**ADA, "email": VICTIM, "phone": EVES}


def reset(client: Client, post: Post, clock: Clock, identifier: str = VICTIM) -> None:
    """Set a new password by a code, as the holder of the mailbox."""
    clock.advance(seconds=31)
    client.post("/api/auth/reset-password", {"identifier": identifier})
    ticket = client.post("/api/auth/verify-code", {"identifier": identifier, "code": post.code()}).data["ticket"]
    assert client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": ticket}).status == 200


@pytest.mark.parametrize("contact", ["email", "phone"])
def test_an_unproven_contact_gets_no_sign_in_codes(clock: Clock, client: Client, post: Post, contact: str) -> None:
    client.post("/api/auth/register", SQUATTED)
    post.bring()
    clock.advance(seconds=31)
    for name in (SQUATTED[contact], "ada.l"):
        client.post("/api/auth/otp", {"identifier": name})
    assert post.bring() == []


def test_a_reset_drops_the_number_of_whoever_registered_the_address(clock: Clock, client: Client, post: Post) -> None:
    made = client.post("/api/auth/register", SQUATTED).data
    reset(client, post, clock)
    user = User.require(user_id=made["userId"])
    assert (user.email, user.phone) == (VICTIM, None)
    client.post("/api/auth/otp", {"identifier": EVES})
    assert post.bring() == [] or post.sent[-1][0] != EVES
    assert Visitor(client).login(EVES, NEW).status == 401
    assert client.post("/api/auth/register", {**ADA, "email": "x@example.com", "phone": EVES}).status == 409
    again = {key: value for key, value in ADA.items() if key not in {"email", "username"}}
    assert client.post("/api/auth/register", {**again, "phone": EVES}).status == 201


def test_even_a_number_that_was_proven_goes_when_the_address_is_reset_first(
    clock: Clock, client: Client, post: Post
) -> None:
    made = client.post("/api/auth/register", SQUATTED).data
    squatter = signed_in(client, Visitor(client).login())
    post.bring()
    clock.advance(seconds=31)
    client.post("/api/auth/resend-verification", {"identifier": EVES})
    assert squatter.post("/api/auth/verify-email", {"identifier": EVES, "code": post.code()}).status == 200
    reset(client, post, clock)
    assert User.require(user_id=made["userId"]).phone is None


def test_a_wish_of_whoever_was_there_before_goes_with_a_reset(clock: Clock, client: Client, post: Post) -> None:
    made = client.post("/api/auth/register", SQUATTED).data
    squatter = signed_in(client, Visitor(client).login())
    squatter.put("/api/profile/update", {"email": "eve@example.com"})
    code = post.code()
    reset(client, post, clock)
    assert squatter.post("/api/auth/verify-email", {"identifier": "eve@example.com", "code": code}).status in {401, 422}
    user = User.require(user_id=made["userId"])
    assert (user.email, user.wanted_email) == (VICTIM, None)


def test_a_proven_owner_keeps_both_contacts_in_a_reset(clock: Clock, ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": "ada@example.com", "code": post.code()})
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {"phone": EVES})
    me.post("/api/auth/verify-email", {"identifier": EVES, "code": post.code()})
    reset(client, post, clock, "ada@example.com")
    assert User.require(user_id=me.user_id).phone == EVES


def test_a_first_proof_ends_every_session_from_before_it_but_the_one_that_proves(
    clock: Clock, ada: Visitor, client: Client, post: Post
) -> None:
    other, mine = ada.login(), ada.login()
    code = post.code()
    body = {"identifier": "ada@example.com", "code": code}
    assert signed_in(client, mine).post("/api/auth/verify-email", body).status == 200
    assert client.post("/api/auth/refresh", {"refreshToken": other.data["refreshToken"]}).status == 401
    assert client.post("/api/auth/refresh", {"refreshToken": mine.data["refreshToken"]}).status == 200


def test_a_first_proof_by_somebody_who_is_not_signed_in_drops_the_rest(
    clock: Clock, client: Client, post: Post
) -> None:
    made = client.post("/api/auth/register", SQUATTED).data
    post.bring()
    squatter = Visitor(client).login(password=PASSWORD)
    assert client.post("/api/auth/verify-email", {"identifier": VICTIM, "code": post.code()}).status == 200
    assert client.post("/api/auth/refresh", {"refreshToken": squatter.data["refreshToken"]}).status == 401
    assert User.require(user_id=made["userId"]).phone is None


def test_a_sharp_s_is_not_two_in_another_domain(client: Client, post: Post) -> None:
    given = {**ADA, "email": "x@faß.de"}
    assert client.post("/api/auth/register", given).data["email"] == "x@faß.de"
    assert {address for address, _ in post.bring()} == {"x@faß.de"}
    other = client.post("/api/auth/register", {**ADA, "email": "x@fass.de", "username": "other"})
    assert other.status == 201
    assert Visitor(client).login("X@FASS.DE").data["user"]["userId"] == other.data["userId"]


@pytest.mark.parametrize("written", ["Ada.K@Example.com", "ada.k@EXAMPLE.COM", "ada.k@example.com"])
def test_an_address_is_kept_as_given_and_compared_folded(client: Client, post: Post, written: str) -> None:
    made = client.post("/api/auth/register", {**ADA, "email": "Ada.K@Example.com"}).data
    assert made["email"] == "Ada.K@example.com"
    assert [address for address, _ in post.bring()] == ["Ada.K@example.com"]
    assert Visitor(client).login(written).data["user"]["userId"] == made["userId"]
    assert client.post("/api/auth/verify-email", {"identifier": written, "code": post.code()}).status == 200
    assert client.post("/api/auth/register", {**ADA, "email": written, "username": "second"}).status == 409


def test_a_name_in_wide_letters_is_the_same_name(ada: Visitor, client: Client) -> None:
    assert Visitor(client).login("\uff21\uff24\uff21.\uff2c").status == 200


@pytest.mark.parametrize("username", ["\u0430d\u0430.l", "ad\u0430.l", "ada\u200d.l", "\uff21\uff24\uff21.\uff2c"])
def test_a_username_that_looks_like_another_is_refused(ada: Visitor, client: Client, username: str) -> None:
    refused = client.post("/api/auth/register", {**ADA, "email": "eve@example.com", "username": username})
    assert (refused.status, refused.error.fields) == (400, {"username"})
