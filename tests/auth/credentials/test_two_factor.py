"""The second factor: enrolment, codes that count once, recovery codes, switching off."""

import pyotp
import pytest

from lyceum.kit.table import Unit
from lyceum.model.users.account import User
from tests.auth.conftest import HERE, PASSWORD, Post, Visitor, prove, signed_in
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once, status_of

from functions.auth.sign_in.login import finish_second_step
from functions.auth.sign_in.schemas import SecondStep


class Authenticator:
    """Ada's authenticator, enrolled and confirmed."""

    def __init__(self, ada: Visitor, client: Client, clock: Clock) -> None:
        self.clock = clock
        self.me = signed_in(client, ada.login())
        enrolment = self.me.post("/api/auth/2fa/enable", {}).data
        self.totp = pyotp.parse_uri(enrolment["otpauthUri"])
        assert enrolment["secret"] == self.totp.secret and enrolment["qrSvg"].startswith("<svg")
        self.recovery_codes = self.me.post("/api/auth/2fa/verify", {"code": self.code()}).data["recoveryCodes"]

    def code(self, step: int = 0) -> str:
        """Return the code of the current time step, or of one before or after."""
        return str(self.totp.at(self.clock.at, counter_offset=step))  # type: ignore[union-attr]


@pytest.fixture
def authenticator(ada: Visitor, client: Client, clock: Clock) -> Authenticator:
    found = Authenticator(ada, client, clock)
    clock.advance(seconds=60)
    return found


def finish(ada: Visitor, code: str, token: str | None = None) -> int:
    """Sign in with the password and then a code."""
    token = token or ada.login().data["challengeToken"]
    return ada.send("/api/auth/login/2fa", {"challengeToken": token, "code": code}).status


def test_a_sign_in_then_needs_a_code(ada: Visitor, authenticator: Authenticator) -> None:
    challenged = ada.login().data
    assert challenged["methods"] == ["totp", "recovery"] and "accessToken" not in challenged
    assert finish(ada, authenticator.code(), challenged["challengeToken"]) == 200


@pytest.mark.parametrize(("step", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_code_counts_one_step_around_now(
    ada: Visitor, authenticator: Authenticator, clock: Clock, step: int, status: int
) -> None:
    clock.advance(seconds=120)
    assert finish(ada, authenticator.code(step)) == status


def test_a_used_code_and_those_before_it_are_refused(ada: Visitor, authenticator: Authenticator) -> None:
    assert finish(ada, authenticator.code()) == 200
    assert finish(ada, authenticator.code()) == 401
    assert finish(ada, authenticator.code(-1)) == 401
    assert finish(ada, authenticator.code(1)) == 200


def test_one_code_at_once_signs_in_once(ada: Visitor, authenticator: Authenticator) -> None:
    tokens = [ada.login().data["challengeToken"] for _ in range(3)]
    code = authenticator.code()
    steps = [SecondStep.model_validate({"challengeToken": token, "code": code}) for token in tokens]
    statuses = at_once(*(lambda step=step: status_of(lambda: finish_second_step(step, HERE)) for step in steps))
    assert sorted(statuses) == [200, 401, 401]


def test_a_recovery_code_is_good_once_and_its_use_is_told(
    ada: Visitor, authenticator: Authenticator, post: Post
) -> None:
    proven_at = User.email_verified_at.set(authenticator.clock.at)
    Unit().change(User.at(user_id=authenticator.me.user_id), proven_at).commit()
    assert len(set(authenticator.recovery_codes)) == 10
    code = authenticator.recovery_codes[3]
    assert finish(ada, code.upper()) == 200
    assert finish(ada, code) == 401
    assert any("recovery code was used" in text for _, text in post.bring())


def test_guessing_is_slowed_over_all_challenges(ada: Visitor, authenticator: Authenticator) -> None:
    wrong = "000000" if authenticator.code() != "000000" else "000001"
    statuses = [finish(ada, wrong) for _ in range(6)]
    assert statuses == [401] * 5 + [423]


def test_enrolment_needs_a_right_code_and_can_be_begun_again(ada: Visitor, client: Client, clock: Clock) -> None:
    me = signed_in(client, ada.login())
    assert me.post("/api/auth/2fa/verify", {"code": "123456"}).status == 409
    me.post("/api/auth/2fa/enable", {})
    secret = me.post("/api/auth/2fa/enable", {}).data["secret"]
    good = pyotp.TOTP(secret).at(clock.at)
    assert me.post("/api/auth/2fa/verify", {"code": "000000" if good != "000000" else "000001"}).error.fields == {
        "CODE_WRONG"
    }
    assert ada.login().data["accessToken"]
    assert me.post("/api/auth/2fa/verify", {"code": good}).status == 200
    assert me.post("/api/auth/2fa/enable", {}).error.code == "TWO_FACTOR_ENABLED"


def test_switching_off_needs_password_and_code(ada: Visitor, authenticator: Authenticator, clock: Clock) -> None:
    me = authenticator.me
    assert me.post("/api/auth/2fa/disable", {"password": "not this", "code": authenticator.code()}).error.fields == {
        "PASSWORD_WRONG"
    }
    assert me.post("/api/auth/2fa/disable", {"password": PASSWORD, "code": "000000"}).status == 401
    assert me.post("/api/auth/2fa/disable", {"password": PASSWORD, "code": authenticator.code()}).status == 200
    assert "accessToken" in ada.login().data
    assert me.post("/api/auth/2fa/disable", {"password": PASSWORD, "code": authenticator.code()}).status == 409


def test_the_secret_and_the_recovery_codes_are_not_readable_in_storage(
    ada: Visitor, authenticator: Authenticator, client: Client, tenant: str
) -> None:
    stored = str(client.cloud.items(tenant))
    assert authenticator.totp.secret not in stored
    assert not [code for code in authenticator.recovery_codes if code in stored]


def test_a_reset_password_does_not_pass_the_second_factor(
    ada: Visitor, authenticator: Authenticator, client: Client, post: Post
) -> None:
    client.post("/api/auth/reset-password", {"identifier": "ada@example.com"})
    earned = client.post("/api/auth/verify-code", {"identifier": "ada@example.com", "code": post.code()}).data["ticket"]
    client.post("/api/auth/update-password", {"newPassword": "four green bicycles today", "ticket": earned})
    assert "challengeToken" in ada.login(password="four green bicycles today").data


def test_a_one_time_code_does_not_pass_the_second_factor(
    clock: Clock, ada: Visitor, post: Post, authenticator: Authenticator, client: Client
) -> None:
    prove(client, post)
    client.post("/api/auth/otp", {"identifier": "ada@example.com"})
    assert (
        "challengeToken"
        in client.post("/api/auth/login/otp", {"identifier": "ada@example.com", "code": post.code()}).data
    )
