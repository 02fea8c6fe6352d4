"""A person lets a client in, or does not.

What is wrong with the client or its address is told to the person. Everything else is told to the client, to whom the
browser is led back (RFC 6749, 4.1.2.1).
"""

import hashlib
import re
from datetime import timedelta
from urllib.parse import urlencode

from lyceum.kit import clock, ids
from lyceum.kit.errors import BadRequest, Unauthenticated
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal, scopes
from lyceum.kit.table import Unit, batch_fetch
from lyceum.messages.catalogue import words
from lyceum.model.auth import Session
from lyceum.model.oauth import AuthorizationCode, OAuthClient
from lyceum.model.users.account import User
from lyceum.rules.sessions import require_recent

from functions.auth.provider import clients, endpoints
from functions.auth.provider.schemas import AuthorizationRequest, ConsentAsked, Decision, LedBack, WantedRight

GOOD_FOR = timedelta(seconds=60)
_REMEMBERED = timedelta(days=1)
"""How long a code is kept after that, so that one which comes back later is known."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@frozen
class _Asked:
    """A request with whom it is about; `refusal` is the code of what is wrong with it, for the client."""

    client: OAuthClient
    person: User
    session: Session
    request: AuthorizationRequest
    scopes: frozenset[str]
    refusal: str | None

    def led_back(self, **answer: str) -> str:
        """Return the address with an answer, the state that came, and who answers (RFC 9207)."""
        told = {**answer, "iss": endpoints.issuer()}
        if self.request.state is not None:
            told["state"] = self.request.state
        mark = "&" if "?" in self.request.redirect_uri else "?"
        return f"{self.request.redirect_uri}{mark}{urlencode(told)}"


def ask(caller: Principal, request: AuthorizationRequest) -> ConsentAsked:
    """Return what a person is to be asked (1 storage request); raises BadRequest for an unknown client or address."""
    asked = _read(caller, request)
    if asked.refusal:
        return ConsentAsked(redirect_to=asked.led_back(error=asked.refusal))
    language = asked.person.language
    wants = [
        WantedRight(scope=each, words=words(language, f"scope.{each}"))
        for each in scopes.SCOPES
        if each in asked.scopes
    ]
    return ConsentAsked(
        client_id=asked.client.client_id,
        client_name=asked.client.name,
        wants=wants,
        signed_in_as=asked.person.email or asked.person.username,
    )


def decide(caller: Principal, decision: Decision) -> LedBack:
    """Carry out what a person decided, and return where the browser is led (1 read and 1 write).

    Raises BadRequest for an unknown client or address, and Forbidden CONFIRMATION_REQUIRED: what an app is let in to do
    outlives the session, so a token alone lets none in.
    """
    asked = _read(caller, decision)
    if asked.refusal or decision.decision == "deny":
        return LedBack(redirect_to=asked.led_back(error=asked.refusal or "access_denied"))
    require_recent(asked.session)
    code, expires = ids.new_secret(), clock.now() + GOOD_FOR
    proved = asked.session.proved_at
    kept = AuthorizationCode(
        code_hash=hash_of(code),
        client_id=asked.client.client_id,
        user_id=caller.user_id,
        grant_id=ids.new_id(),
        redirect_uri=decision.redirect_uri,
        challenge=decision.code_challenge,
        scopes=set(asked.scopes) or None,
        nonce=decision.nonce,
        auth_time=int(proved.timestamp()) if proved else None,
        expires_at=expires,
    )
    kept.ttl = int((expires + _REMEMBERED).timestamp())
    Unit().create(kept).commit()
    return LedBack(redirect_to=asked.led_back(code=code))


def hash_of(code: str) -> str:
    """Return what a code is stored by."""
    return hashlib.sha256(code.encode()).hexdigest()


def _read(caller: Principal, request: AuthorizationRequest) -> _Asked:
    names = [
        OAuthClient.at(client_id=request.client_id or "-"),
        User.at(user_id=caller.user_id),
        Session.at(user_id=caller.user_id, session_id=caller.session_id),
    ]
    client, person, session = batch_fetch(names)
    if not isinstance(person, User) or not isinstance(session, Session):
        raise Unauthenticated("Your session has ended. Sign in again.")
    if not isinstance(client, OAuthClient) or not client.is_active:
        raise BadRequest("This client is not known.", code="CLIENT_UNKNOWN")
    if not clients.leads_back_to(client, request.redirect_uri):
        raise BadRequest("The client did not register this address.", code="REDIRECT_UNKNOWN")
    wanted = scopes.read(request.scope) - {scopes.OFFLINE}
    return _Asked(client, person, session, request, wanted, _wrong(client, request, wanted))


def _wrong(client: OAuthClient, request: AuthorizationRequest, wanted: frozenset[str]) -> str | None:
    """Return the code of what is wrong with a request (RFC 6749, 4.1.2.1), or None."""
    if request.response_type != "code":
        return "unsupported_response_type"
    if "authorization_code" not in client.grant_types:
        return "unauthorized_client"
    if request.code_challenge_method != "S256" or not _CHALLENGE.fullmatch(request.code_challenge):
        return "invalid_request"
    return None if wanted and wanted <= (client.scopes or set()) else "invalid_scope"
