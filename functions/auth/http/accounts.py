"""Accounts and sign-in over HTTP."""

from typing import Annotated

from lyceum.kit.http import OPTIONAL, PUBLIC, USER, Answer, Api, Caller, Listing, MaybeCaller, Page, Query, may
from lyceum.kit.http.exchange import current
from lyceum.kit.identity import Permission, tokens
from lyceum.messages.pages import PAGE_POLICY
from lyceum.model.auth import Session
from lyceum.rules import guardians
from lyceum.rules.profile_views import OwnProfile, own_view
from lyceum.rules.sessions import recheck

from functions.auth import account_update, accounts, client_context
from functions.auth.credentials import named_ranges, one_time_codes, two_factor
from functions.auth.credentials.schemas import (
    AuthenticatorCode,
    EnableTwoFactor,
    Enrolment,
    NameRange,
    RangeView,
    RecoveryCodes,
    TwoFactorOff,
)
from functions.auth.provider import endpoints
from functions.auth.provider.schemas import Discovery
from functions.auth.schemas import (
    Accepted,
    Account,
    GuardianLink,
    GuardianToken,
    Me,
    Register,
    SessionView,
    SignInCheck,
    UndoLink,
    UpdateAccount,
    Verified,
)
from functions.auth.sign_in import confirmation, cookies, password_reset, sessions, undo
from functions.auth.sign_in.login import finish_second_step, sign_in_by_code, sign_in_by_launch, sign_in_by_password
from functions.auth.sign_in.refresh import refresh_session
from functions.auth.sign_in.schemas import (
    Challenged,
    CodeLogin,
    CodeWanted,
    Confirmation,
    Ended,
    GivenCode,
    JsonWebKeys,
    LaunchLogin,
    Login,
    NewPassword,
    Refresh,
    SecondStep,
    SignedIn,
    Ticket,
)

api = Api("auth", recheck=recheck)
handler = api.handler

_PAGE = "text/html; charset=utf-8"


@api.post(
    "/api/auth/register",
    access=PUBLIC,
    status=201,
    limit="20/hour or registrations_hourly",
    idempotent=True,
    refuses=(404, 410),
)
def register_account(body: Register) -> Account:
    """Create an account as student, mentor or instructor."""
    return Account.model_validate(accounts.register(body))


api.alias("POST", "/api/auth/signup", of="/api/auth/register")
api.alias("POST", "/api/users/register", of="/api/auth/register")


@api.post("/api/auth/login", access=PUBLIC, refuses=(401, 403, 423))
def log_in(body: Login, answer: Answer) -> SignedIn | Challenged:
    """Sign in with a password, or learn which second step is needed."""
    return cookies.keep(answer, sign_in_by_password(body, client_context.of_request(body.device_token)))


api.alias("POST", "/api/auth/signin", of="/api/auth/login")


@api.post("/api/auth/login/2fa", access=PUBLIC, limit="60/minute", refuses=(401, 423))
def log_in_second_step(body: SecondStep, answer: Answer) -> SignedIn:
    """Finish a sign-in with a code of the authenticator, a recovery code or a code that was sent."""
    return cookies.keep(answer, finish_second_step(body, client_context.of_request(body.device_token)))


@api.post("/api/auth/otp", access=PUBLIC, limit="10/hour", status=202)
def send_sign_in_code(body: CodeWanted) -> Accepted:
    """Send a one-time sign-in code to a phone or an e-mail address."""
    one_time_codes.request(body.identifier, "sign_in")
    return Accepted()


@api.post("/api/auth/login/otp", access=PUBLIC, limit="60/hour", refuses=(401, 403))
def log_in_by_code(body: CodeLogin, answer: Answer) -> SignedIn | Challenged:
    """Sign in with a one-time code."""
    return cookies.keep(answer, sign_in_by_code(body, client_context.of_request(body.device_token)))


@api.post("/api/auth/login/launch", access=PUBLIC, limit="600/hour", refuses=(401, 403))
def log_in_by_launch(body: LaunchLogin, answer: Answer) -> SignedIn | Challenged:
    """Sign in with the ticket of a launch from a learning platform (LTI 1.3)."""
    return cookies.keep(answer, sign_in_by_launch(body, client_context.of_request(body.device_token)))


@api.post("/api/auth/refresh", access=PUBLIC, refuses=(401,))
def renew_session(body: Refresh, answer: Answer) -> SignedIn:
    """Exchange a refresh token, from the cookie or the body, for new tokens."""
    token = body.refresh_token or current().cookie(cookies.REFRESH) or ""
    return cookies.keep(answer, refresh_session(token, client_context.of_request(None)))


@api.post("/api/auth/logout", access=USER)
def log_out(caller: Caller, answer: Answer) -> Ended:
    """End this session."""
    sessions.revoke(caller, caller.session_id, "signed_out")
    cookies.drop(answer)
    return Ended(ended=1)


@api.post("/api/auth/verify-email", access=OPTIONAL, limit="60/hour")
def verify_email(body: GivenCode, caller: MaybeCaller) -> Verified:
    """Prove an e-mail address or a phone number with the code that was sent to it."""
    return accounts.verify(body.identifier, body.code, caller)


@api.post("/api/auth/resend-verification", access=PUBLIC, limit="10/hour", status=202)
def resend_verification(body: CodeWanted) -> Accepted:
    """Send the confirmation code again."""
    one_time_codes.request(body.identifier, "verify")
    return Accepted()


@api.post("/api/auth/reset-password", access=PUBLIC, limit="10/hour", status=202)
def reset_password(body: CodeWanted) -> Accepted:
    """Ask for a code with which a new password can be set."""
    one_time_codes.request(body.identifier, "reset")
    return Accepted()


@api.post("/api/auth/verify-code", access=PUBLIC, limit="60/hour")
def verify_code(body: GivenCode) -> Ticket:
    """Check a reset code and answer with a ticket for one new password."""
    return password_reset.exchange_code(body.identifier, body.code)


@api.post("/api/auth/update-password", access=OPTIONAL, limit="60/hour", refuses=(401, 423))
def update_password(body: NewPassword, caller: MaybeCaller) -> Accepted:
    """Set a new password with a ticket or the current password, and end every other session."""
    password_reset.set_password(body, caller)
    return Accepted()


@api.put("/api/profile/update", access=USER, limit="30/hour", refuses=(423,))
def update_account(caller: Caller, body: UpdateAccount) -> OwnProfile:
    """Change one's own names, username, weekly goal or password, and ask for another e-mail address."""
    return own_view(account_update.update(caller, body))


@api.post("/api/auth/confirm", access=USER, limit="60/hour", refuses=(423,))
def confirm_identity(caller: Caller, body: Confirmation) -> Accepted:
    """Prove again to be the one: opens for five minutes what a token alone does not."""
    confirmation.confirm(caller, body)
    return Accepted()


@api.get("/api/auth/check", access=OPTIONAL)
def check_sign_in(caller: MaybeCaller) -> SignInCheck:
    """Say whether the caller is signed in, and as whom; a token that does not hold is refused."""
    return SignInCheck(signed_in=caller is not None, user=accounts.me(caller) if caller else None)


@api.get("/api/auth/me", access=USER)
def show_me(caller: Caller) -> Me:
    """Show the signed-in user with role, permissions and session."""
    return accounts.me(caller)


@api.post("/api/auth/2fa/enable", access=USER.proven(), limit="20/hour")
def enable_two_factor(caller: Caller, body: EnableTwoFactor | None = None) -> Enrolment:
    """Begin the enrolment of an authenticator, or of codes by mail or text message."""
    return two_factor.enrol(caller, body.method if body else "totp")


@api.post("/api/auth/2fa/verify", access=USER, limit="60/hour")
def confirm_two_factor(caller: Caller, body: AuthenticatorCode) -> RecoveryCodes:
    """Switch the second factor on with a first code, and get the recovery codes once."""
    return two_factor.confirm(caller, body.code)


@api.post("/api/auth/2fa/disable", access=USER, limit="60/hour", refuses=(401, 423))
def disable_two_factor(caller: Caller, body: TwoFactorOff) -> Accepted:
    """Switch the second factor off with the password and a code."""
    two_factor.disable(caller, body.password.get_secret_value(), body.code)
    return Accepted()


@api.get("/api/auth/sessions", access=USER)
def list_sessions(caller: Caller, query: Annotated[Listing, Query()]) -> Page[SessionView]:
    """List the caller's sessions with their devices, the latest first."""
    return sessions.page(caller, query)


@api.delete("/api/auth/sessions", access=USER)
def revoke_other_sessions(caller: Caller) -> Ended:
    """End every session but this one."""
    return Ended(ended=sessions.revoke_others(caller))


@api.delete("/api/auth/sessions/{sessionId}", access=USER, owner_of=Session)
def revoke_session(caller: Caller, session_id: str) -> Ended:
    """End one session."""
    sessions.revoke(caller, session_id, "revoked")
    return Ended(ended=1)


@api.post("/api/users/guardians", access=USER, limit="60/hour", refuses=(404, 409, 410))
def accept_guardianship(caller: Caller, body: GuardianToken) -> GuardianLink:
    """Become the guardian of the child that an invitation is about."""
    return GuardianLink.model_validate(guardians.accept(caller, body.invitation))


@api.get("/api/auth/undo", access=PUBLIC, raw=_PAGE)
def show_change_to_undo(query: Annotated[UndoLink, Query()], answer: Answer) -> str:
    """Return the page on which a change of credentials is undone; it changes nothing by itself."""
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return undo.confirmation_page(query.token)


@api.post(
    "/api/auth/undo",
    access=PUBLIC,
    raw=_PAGE,
    reads_body=False,
    max_body_bytes=1024,
    limit="20/hour",
    refuses=(409, 410),
)
def undo_change(query: Annotated[UndoLink, Query()], answer: Answer) -> str:
    """Undo a change of credentials with the link that an address from before it got; all sessions end."""
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return undo.carry_out(query.token)


@api.get("/.well-known/jwks.json", access=PUBLIC, cache_control="public, max-age=300", raw="application/json")
def show_signing_keys() -> JsonWebKeys:
    """Publish the keys that access tokens are verified with (RFC 7517)."""
    return JsonWebKeys.model_validate({"keys": list(tokens.public_keys().values())})


@api.get(
    "/.well-known/openid-configuration", access=PUBLIC, cache_control="public, max-age=300", raw="application/json"
)
def show_openid_configuration() -> Discovery:
    """Tell clients where the authorization server is and what it can do (RFC 8414)."""
    return endpoints.discovery()


api.alias("GET", "/.well-known/oauth-authorization-server", of="/.well-known/openid-configuration")


@api.get("/api/admin/sign-in-ranges", access=may(Permission.MANAGE_USERS))
def list_sign_in_ranges(query: Annotated[Listing, Query()]) -> Page[RangeView]:
    """List the ranges of addresses from which failed sign-ins are not counted."""
    return named_ranges.page(query)


@api.post("/api/admin/sign-in-ranges", access=may(Permission.MANAGE_USERS).proven(), status=201, limit="60/hour")
def name_sign_in_range(body: NameRange) -> RangeView:
    """Name a range of addresses, such as the school's, from which failed sign-ins are not counted."""
    return named_ranges.name_range(body)


@api.delete("/api/admin/sign-in-ranges/{rangeId}", access=may(Permission.MANAGE_USERS))
def remove_sign_in_range(range_id: str) -> Accepted:
    """Count failed sign-ins from a range again."""
    named_ranges.remove_range(range_id)
    return Accepted()
