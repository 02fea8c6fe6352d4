"""Accounts in the deployed stack: codes by mail and SMS, rotation, the second factor, ends of sessions."""

import json
import re
import time
import urllib.request
from dataclasses import replace

import pyotp
import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e
PASSWORD = "a kettle full of rain"
NEW_PASSWORD = "seven quiet elephants"


@pytest.fixture(scope="module")
def name() -> str:
    """A name that no run before this one registered."""
    return f"zora{time.time_ns() // 1_000_000 % 10**10}"


@pytest.fixture(scope="module")
def account(stack: Stack, name: str) -> dict[str, str]:
    """Somebody who just registered."""
    body = {
        "email": f"{name}@example.com",
        "username": name,
        "password": PASSWORD,
        "firstName": "Zora",
        "lastName": "Mbeki",
        "language": "fr",
    }
    made = stack.api.post("/api/auth/register", body)
    assert made.status == 201, made.text
    return {"email": body["email"], "userId": made.data["userId"]}


def mailed_codes(stack: Stack, address: str) -> list[str]:
    mails = [str(mail) for mail in stack.sent_mails() if address in str(mail.get("To", mail))]
    return [found for mail in mails for found in re.findall(r"code est (\d{6})\b", mail)]


def undo_links(stack: Stack, address: str) -> list[str]:
    mails = [str(mail) for mail in stack.sent_mails() if address in str(mail.get("To", mail))]
    return [found for mail in mails for found in re.findall(r"https?://[^\s\"<\\]+/api/auth/undo\?token=[\w.-]+", mail)]


def texted_codes(stack: Stack, number: str) -> list[str]:
    with urllib.request.urlopen(f"{stack.place.url}/_ministack/sns/sms-messages", timeout=30) as answer:
        return re.findall(r"code is (\d{6})\b", str(json.load(answer)["sms_messages"].get(number, [])))


def next_code(stack: Stack, address: str, known: list[str]) -> str:
    return eventually(
        lambda: [code for code in mailed_codes(stack, address) if code not in known], "a mail with a code"
    )[0]


def with_token(stack: Stack, token: str) -> Remote:
    return replace(stack.api, token=token)


def test_the_welcome_mail_proves_the_address(stack: Stack, account: dict[str, str]) -> None:
    code = next_code(stack, account["email"], [])
    assert stack.api.post("/api/auth/verify-email", {"identifier": account["email"], "code": code}).data == {
        "verified": "email"
    }
    me = stack.api.sign_in(account["email"], PASSWORD).get("/api/auth/me").data
    assert me["emailVerifiedAt"]


def test_a_refresh_token_is_good_once(stack: Stack, account: dict[str, str]) -> None:
    first = stack.api.post("/api/auth/login", {"identifier": account["email"], "password": PASSWORD}).data
    second = stack.api.post("/api/auth/refresh", {"refreshToken": first["refreshToken"]}).data
    third = stack.api.post("/api/auth/refresh", {"refreshToken": second["refreshToken"]}).data
    assert stack.api.post("/api/auth/refresh", {"refreshToken": first["refreshToken"]}).status == 401
    assert stack.api.post("/api/auth/refresh", {"refreshToken": third["refreshToken"]}).status == 401
    eventually(
        lambda: [mail for mail in stack.sent_mails() if account["email"] in str(mail) and "mis fin" in str(mail)],
        "the notice of reuse",
    )


def test_sessions_are_listed_and_ended(stack: Stack, account: dict[str, str]) -> None:
    other = stack.api.post(
        "/api/auth/login", {"identifier": account["email"], "password": PASSWORD, "device": "Tecno Spark"}
    ).data
    me = stack.api.sign_in(account["email"], PASSWORD)
    sessions = me.get("/api/auth/sessions").data
    ended = next(item for item in sessions if item.get("device") == "Tecno Spark")
    assert me.send("DELETE", f"/api/auth/sessions/{ended['sessionId']}", None, {}).data == {"ended": 1}
    assert stack.api.post("/api/auth/refresh", {"refreshToken": other["refreshToken"]}).status == 401
    assert me.post("/api/auth/logout").status == 200


def test_a_code_signs_in_and_a_reset_sets_a_new_password(stack: Stack, account: dict[str, str]) -> None:
    known = mailed_codes(stack, account["email"])
    assert stack.api.post("/api/auth/otp", {"identifier": account["email"]}).status == 202
    code = next_code(stack, account["email"], known)
    session = stack.api.post("/api/auth/login/otp", {"identifier": account["email"], "code": code}).data
    known = mailed_codes(stack, account["email"])
    assert stack.api.post("/api/auth/reset-password", {"identifier": account["email"]}).status == 202
    code = next_code(stack, account["email"], known)
    ticket = stack.api.post("/api/auth/verify-code", {"identifier": account["email"], "code": code}).data["ticket"]
    assert stack.api.post("/api/auth/update-password", {"newPassword": NEW_PASSWORD, "ticket": ticket}).status == 200
    assert stack.api.post("/api/auth/refresh", {"refreshToken": session["refreshToken"]}).status == 401
    assert stack.api.post("/api/auth/login", {"identifier": account["email"], "password": PASSWORD}).status == 401
    page = Remote("").get(eventually(lambda: undo_links(stack, account["email"]), "the mail that undoes it")[-1])
    assert page.status == 200 and "<form" in page.text


def test_the_second_factor_is_asked_for(stack: Stack, account: dict[str, str]) -> None:
    me = stack.api.sign_in(account["email"], NEW_PASSWORD)
    enrolment = me.post("/api/auth/2fa/enable").data
    totp = pyotp.TOTP(enrolment["secret"])
    recovery = me.post("/api/auth/2fa/verify", {"code": totp.now()}).data["recoveryCodes"]
    challenge = stack.api.post("/api/auth/login", {"identifier": account["email"], "password": NEW_PASSWORD}).data
    assert challenge["methods"] == ["totp", "recovery"]
    finish = {"challengeToken": challenge["challengeToken"], "code": recovery[0]}
    assert "accessToken" in stack.api.post("/api/auth/login/2fa", finish).data
    off = me.post("/api/auth/2fa/disable", {"password": NEW_PASSWORD, "code": recovery[1]})
    assert off.status == 200, off.text


def test_a_phone_account_signs_in_by_a_text_message(stack: Stack, name: str) -> None:
    number = f"+23480{name[-8:]}"
    body = {"phone": number, "password": PASSWORD, "firstName": "Zora", "lastName": "Mbeki"}
    assert stack.api.post("/api/auth/register", body).status == 201
    proof = eventually(lambda: texted_codes(stack, number), "the text message that proves the number")[0]
    assert stack.api.post("/api/auth/verify-email", {"identifier": number, "code": proof}).status == 200
    assert stack.api.post("/api/auth/otp", {"identifier": number}).status == 202
    code = eventually(lambda: texted_codes(stack, number)[1:], "the text message that signs in")[0]
    assert stack.api.post("/api/auth/login/otp", {"identifier": number, "code": code}).data["user"]["phone"] == number
