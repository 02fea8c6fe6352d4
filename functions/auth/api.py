"""Accounts and sign-in over HTTP."""

from lyceum.http import PUBLIC, USER, Address, Answer, Api, Caller
from lyceum.http.exchange import current
from lyceum.identity import tokens
from lyceum.settings import settings

from auth import accounts, sessions
from auth.schemas import Account, JsonWebKeys, Login, Me, Register, SignedIn

api = Api("auth")
handler = api.handler

_REFRESH_PATH = "/api/auth"


@api.post("/api/auth/register", access=PUBLIC, status=201, limit="20/hour", idempotent=True)
def register(body: Register) -> Account:
    """Create an account as student, mentor or instructor."""
    return Account.model_validate(accounts.register(body))


@api.post("/api/auth/login", access=PUBLIC, limit="60/minute", refuses=(401, 423))
def login(body: Login, address: Address, answer: Answer) -> SignedIn:
    """Sign in with a password."""
    signed_in = sessions.login(body, address, current().headers.get("user-agent"))
    answer.cookie("refresh_token", signed_in.refresh_token, path=_REFRESH_PATH, max_age_seconds=settings().refresh_token_seconds)
    return signed_in


@api.get("/api/auth/me", access=USER)
def me(caller: Caller) -> Me:
    """Show the signed-in user with role, permissions and session."""
    return accounts.me(caller)


@api.get("/.well-known/jwks.json", access=PUBLIC, cache_control="public, max-age=300", raw="application/json")
def jwks() -> JsonWebKeys:
    """Publish the keys that access tokens are verified with (RFC 7517)."""
    return JsonWebKeys.model_validate({"keys": list(tokens.public_keys().values())})
