"""One-time codes, password resets and changes."""

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.clock import now
from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from tests.auth.conftest import ADA, PASSWORD, Post, Visitor, holder, prove, signed_in
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.threads import at_once, status_of
from tests.support.workers import deliver

from functions.auth.credentials import one_time_codes
from functions.auth.sign_in import password_reset
from functions.auth.sign_in.schemas import NewPassword

EMAIL = "ada@example.com"
PHONE = "+2348012345678"
NEW = "four green bicycles today"


def ticket(client: Client, post: Post, identifier: str = EMAIL) -> str:
    """Earn the right to set a new password."""
    client.post("/api/auth/reset-password", {"identifier": identifier})
    return str(client.post("/api/auth/verify-code", {"identifier": identifier, "code": post.code()}).data["ticket"])


@pytest.mark.parametrize("path", ["reset-password", "resend-verification", "otp"])
def test_asking_for_a_code_tells_nothing_about_who_exists(ada: Visitor, client: Client, path: str) -> None:
    known, unknown = (client.post(f"/api/auth/{path}", {"identifier": name}) for name in (EMAIL, "nobody@example.com"))
    assert known.status == unknown.status == 202
    assert known.data == unknown.data == {"accepted": True}
    assert known.cost.operations == unknown.cost.operations


def test_nothing_is_sent_to_nobody(client: Client, post: Post) -> None:
    client.post("/api/auth/reset-password", {"identifier": "nobody@example.com"})
    assert post.bring() == []


def test_a_forgotten_password_is_replaced_and_every_session_ends(ada: Visitor, client: Client, post: Post) -> None:
    before = ada.login()
    assert client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": ticket(client, post)}).status == 200
    assert client.post("/api/auth/refresh", {"refreshToken": before.data["refreshToken"]}).status == 401
    assert ada.login(password=PASSWORD).status == 401
    assert ada.login(password=NEW).status == 200
    assert any("password was changed" in text or "sessions have ended" in text for _, text in post.bring())


def test_a_ticket_is_good_once_and_for_ten_minutes(ada: Visitor, client: Client, post: Post, clock: Clock) -> None:
    good = ticket(client, post)
    assert client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": good}).status == 200
    again = client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": good})
    assert (again.status, again.error.fields) == (422, {"TICKET_WRONG"})
    clock.advance(minutes=1)
    late = ticket(client, post)
    clock.advance(minutes=10, seconds=1)
    assert client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": late}).status == 422
    assert client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": "made.up.ticket"}).status == 422


def test_a_ticket_used_twice_at_once_sets_one_password(ada: Visitor, client: Client, post: Post) -> None:
    good = ticket(client, post)
    bodies = [NewPassword.model_validate({"newPassword": f"{NEW} {number}", "ticket": good}) for number in range(3)]
    statuses = at_once(
        *(lambda body=body: status_of(lambda: password_reset.set_password(body, None)) for body in bodies)
    )
    assert sorted(statuses) == [200, 422, 422]


def test_a_weak_new_password_is_refused_and_the_ticket_kept(ada: Visitor, client: Client, post: Post) -> None:
    good = ticket(client, post)
    refused = client.post("/api/auth/update-password", {"newPassword": "ada.l is my name", "ticket": good})
    assert (refused.status, refused.error.fields) == (422, {"PASSWORD_HOLDS_NAME"})
    assert client.post("/api/auth/update-password", {"newPassword": NEW, "ticket": good}).status == 200


def test_with_the_current_password_only_the_other_sessions_end(ada: Visitor, client: Client, clock: Clock) -> None:
    other = ada.login()
    clock.advance(seconds=1)
    reply = ada.login()
    me = signed_in(client, reply)
    wrong = me.post("/api/auth/update-password", {"newPassword": NEW, "currentPassword": "not this one"})
    assert (wrong.status, wrong.error.fields) == (422, {"PASSWORD_WRONG"})
    assert me.post("/api/auth/update-password", {"newPassword": NEW, "currentPassword": PASSWORD}).status == 200
    assert client.post("/api/auth/refresh", {"refreshToken": reply.data["refreshToken"]}).status == 200
    assert client.post("/api/auth/refresh", {"refreshToken": other.data["refreshToken"]}).status == 401


def test_the_current_password_can_not_be_guessed_by_a_thief_of_a_session(ada: Visitor, client: Client) -> None:
    me = signed_in(client, ada.login())
    guess = {"newPassword": NEW, "currentPassword": "not this one"}
    assert [me.post("/api/auth/update-password", guess).status for _ in range(6)] == [422] * 5 + [423]


def test_neither_ticket_nor_password_is_nobody(client: Client) -> None:
    assert client.post("/api/auth/update-password", {"newPassword": NEW}).status == 401


def test_a_code_allows_five_tries_however_fast_they_come(ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    code = post.code()
    wrong = "000000" if code != "000000" else "000001"
    assert at_once(*[lambda: status_of(lambda: one_time_codes.spend(EMAIL, "reset", wrong))] * 5) == [422] * 5
    assert client.post("/api/auth/verify-code", {"identifier": EMAIL, "code": code}).status == 422


def test_a_code_is_good_for_ten_minutes(ada: Visitor, client: Client, post: Post, clock: Clock) -> None:
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    code = post.code()
    clock.advance(minutes=10)
    assert client.post("/api/auth/verify-code", {"identifier": EMAIL, "code": code}).status == 422


def test_only_the_latest_code_is_good_and_the_next_comes_after_a_pause(
    ada: Visitor, client: Client, post: Post, clock: Clock
) -> None:
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    first = post.code()
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    assert post.bring() == []
    clock.advance(seconds=31)
    client.post("/api/auth/reset-password", {"identifier": EMAIL})
    second = post.code()
    assert client.post("/api/auth/verify-code", {"identifier": EMAIL, "code": first}).status == (
        422 if first != second else 200
    )
    assert client.post("/api/auth/verify-code", {"identifier": EMAIL, "code": second}).status == 200


def test_a_code_of_one_purpose_is_worth_nothing_for_another(ada: Visitor, client: Client, post: Post) -> None:
    prove(client, post)
    client.post("/api/auth/otp", {"identifier": EMAIL})
    code = post.code()
    assert client.post("/api/auth/verify-code", {"identifier": EMAIL, "code": code}).status == 422


def test_a_message_that_comes_twice_sends_the_same_code(
    ada: Visitor, client: Client, post: Post, cloud: Cloud, tenant: str
) -> None:
    prove(client, post)
    client.post("/api/auth/otp", {"identifier": EMAIL})
    code = post.code()
    deliver(cloud, tenant)
    assert client.post("/api/auth/login/otp", {"identifier": EMAIL, "code": code}).status == 200


def test_a_phone_signs_in_by_a_text_message(client: Client, post: Post) -> None:
    fields = {key: value for key, value in ADA.items() if key not in {"email", "username"}}
    client.post("/api/auth/register", {**fields, "phone": PHONE})
    prove(client, post, PHONE)
    client.post("/api/auth/otp", {"identifier": "+234 801 234-5678"})
    code = post.code()
    assert post.sent[-1][0] == PHONE and len(post.sent[-1][1]) <= 160
    reply = client.post("/api/auth/login/otp", {"identifier": PHONE, "code": code})
    assert reply.data["user"]["phone"] == PHONE
    assert User.require(user_id=holder(reply).user_id).phone_verified_at


def test_a_number_that_just_changed_can_not_reset_the_password(client: Client, post: Post, clock: Clock) -> None:
    fields = {key: value for key, value in ADA.items() if key not in {"email", "username"}}
    user_id = client.post("/api/auth/register", {**fields, "phone": PHONE}).data["userId"]
    post.bring()
    Unit().change(User.at(user_id=user_id), User.phone_changed_at.set(now())).commit()
    client.post("/api/auth/reset-password", {"identifier": PHONE})
    assert post.bring() == []
    clock.advance(hours=72)
    client.post("/api/auth/reset-password", {"identifier": PHONE})
    assert [number for number, _ in post.bring()] == [PHONE]


def test_nothing_is_sent_where_nothing_is_left_to_prove(clock: Clock, ada: Visitor, client: Client, post: Post) -> None:
    client.post("/api/auth/verify-email", {"identifier": EMAIL, "code": post.code()})
    clock.advance(seconds=31)
    client.post("/api/auth/resend-verification", {"identifier": EMAIL})
    assert post.bring() == []


def test_a_failure_of_the_mail_service_is_tried_again(
    ada: Visitor, client: Client, post: Post, cloud: Cloud, tenant: str
) -> None:
    prove(client, post)
    post.bring()
    client.post("/api/auth/otp", {"identifier": EMAIL})
    service = clients.client("sesv2")
    send, calls = service.send_email, []

    def once(**arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            raise service.exceptions.ClientError(
                {"Error": {"Code": "TooManyRequestsException", "Message": EMAIL}}, "SendEmail"
            )
        return send(**arguments)

    service.send_email = once
    try:
        assert deliver(cloud, tenant) == 0
    finally:
        service.send_email = send
    assert len(calls) == 2 and calls[0]["Content"] == calls[1]["Content"]  # type: ignore[index]


def test_codes_stand_nowhere_in_storage(ada: Visitor, client: Client, post: Post, tenant: str) -> None:
    prove(client, post)
    client.post("/api/auth/otp", {"identifier": EMAIL})
    code = post.code()
    values = [
        value for item in client.cloud.items(tenant) for attribute in item.values() for value in attribute.values()
    ]
    assert code not in values
