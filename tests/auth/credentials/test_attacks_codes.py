"""A code proves the address or number that it was sent to, and nothing else."""

import pytest

from lyceum.model.users.account import User
from tests.auth.conftest import ADA, Post, Visitor, holder, signed_in
from tests.support.clock import Clock
from tests.support.http import Client

OWN = {"email": "eve@example.com", "phone": "+2348011111111"}
VICTIMS = {"email": "victim@example.com", "phone": "+2348022222222"}


@pytest.mark.parametrize("what", ["email", "phone"])
def test_a_code_sent_to_ones_own_address_proves_nobody_elses(
    ada: Visitor, client: Client, post: Post, what: str
) -> None:
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {what: OWN[what]})
    code = post.code()
    me.put("/api/profile/update", {what: VICTIMS[what]})
    stolen = me.post("/api/auth/verify-email", {"identifier": VICTIMS[what], "code": code})
    assert (stolen.status, stolen.error.fields) == (422, {"CODE_WRONG"})
    assert getattr(User.require(user_id=me.user_id), what) != VICTIMS[what]


@pytest.mark.parametrize("what", ["email", "phone"])
def test_a_new_wish_ends_the_old_code_and_brings_its_own_at_once(
    clock: Clock, ada: Visitor, client: Client, post: Post, what: str
) -> None:
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {what: OWN[what]})
    old = post.code()
    me.put("/api/profile/update", {what: VICTIMS[what]})
    new = post.code()
    assert post.sent[-1][0] == VICTIMS[what]
    me.put("/api/profile/update", {what: OWN[what]})
    assert me.post("/api/auth/verify-email", {"identifier": OWN[what], "code": old}).status == 422
    me.put("/api/profile/update", {what: VICTIMS[what]})
    assert me.post("/api/auth/verify-email", {"identifier": VICTIMS[what], "code": new}).status == 200


def test_a_code_for_the_phone_does_not_serve_under_the_e_mail_address(client: Client, post: Post) -> None:
    made = client.post("/api/auth/register", {**ADA, "phone": OWN["phone"]}).data
    post.bring()
    client.post("/api/auth/resend-verification", {"identifier": OWN["phone"]})
    code = post.code()
    assert client.post("/api/auth/verify-email", {"identifier": made["email"], "code": code}).status == 422
    assert User.require(user_id=made["userId"]).email_verified_at is None


def test_a_code_is_of_its_account(ada: Visitor, client: Client, post: Post) -> None:
    me = signed_in(client, ada.login())
    me.put("/api/profile/update", {"email": OWN["email"]})
    code = post.code()
    client.post("/api/auth/register", {**ADA, "email": "bob@example.com", "username": "bob"})
    bob = signed_in(client, Visitor(client).login("bob"))
    bob.put("/api/profile/update", {"email": OWN["email"]})
    assert bob.post("/api/auth/verify-email", {"identifier": OWN["email"], "code": code}).status == 422
    assert holder(ada.login()).user_id == me.user_id
