"""The authorization server over HTTP: consent, tokens, who somebody is; clients and what people let them do."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, SIGNED, USER, Answer, Api, Caller, Query, may
from lyceum.kit.http.error_forms import OAUTH
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.kit.identity.scopes import OPENID
from lyceum.model.oauth import OAuthGrant
from lyceum.rules.sessions import recheck

from functions.auth.provider import clients, consent, consent_page, grants, inspection
from functions.auth.provider.schemas import (
    AuthorizationRequest,
    ClientList,
    ClientView,
    ConsentAsked,
    Decision,
    GivenToken,
    GrantList,
    Introspection,
    LedBack,
    RegisterClient,
    RevokedToken,
    TokenRequest,
    Tokens,
    UserInfo,
)

api = Api("auth", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_APPS)
_JSON = "application/json"


@api.get("/api/oauth/consent", access=PUBLIC, raw="text/html; charset=utf-8")
def show_consent_page(_query: Annotated[AuthorizationRequest, Query()], answer: Answer) -> str:
    """Return the page to which clients send browsers: the authorization endpoint (RFC 6749, 3.1)."""
    page, answer.headers["Content-Security-Policy"] = consent_page.html_and_policy()
    return page


@api.get("/api/oauth/authorize", access=USER, limit="120/hour")
def show_consent_asked(caller: Caller, query: Annotated[AuthorizationRequest, Query()]) -> ConsentAsked:
    """Show what a client asks of the signed-in person, or where the browser is led back to at once."""
    return consent.ask(caller, query)


@api.post("/api/oauth/authorize", access=USER, limit="120/hour")
def answer_consent(caller: Caller, body: Decision) -> LedBack:
    """Let a client in or do not; the browser is then led to the address in the answer."""
    return consent.decide(caller, body)


@api.post("/api/oauth/token", access=PUBLIC, limit="1000/minute", raw=_JSON, errors=OAUTH, form=True, refuses=(401,))
def issue_tokens(body: TokenRequest, answer: Answer) -> Tokens:
    """Exchange a code, a refresh token or a client's secret for tokens (RFC 6749, 3.2)."""
    answer.headers["Pragma"] = "no-cache"
    return grants.exchange(body)


@api.post("/api/oauth/revoke", access=PUBLIC, limit="1000/minute", raw=_JSON, errors=OAUTH, form=True, refuses=(401,))
def revoke_token(body: GivenToken) -> RevokedToken:
    """End what a token of the client stands for; a token that is unknown is no error (RFC 7009)."""
    inspection.revoke(body)
    return RevokedToken()


@api.post(
    "/api/oauth/introspect", access=SIGNED, limit="1000/minute", raw=_JSON, errors=OAUTH, form=True, refuses=(401,)
)
def check_token(body: GivenToken) -> Introspection:
    """Say what a token of the client is worth at this moment (RFC 7662)."""
    return inspection.introspect(body)


@api.get("/api/oauth/userinfo", access=USER, raw=_JSON, scope=OPENID)
def show_user_info(caller: Caller) -> UserInfo:
    """Tell who the person of an access token is, as far as its scopes go (OpenID Connect Core 1.0, 5.3)."""
    return inspection.who(caller)


@api.get("/api/oauth/grants", access=USER)
def list_grants(caller: Caller) -> GrantList:
    """List the apps that the caller let in, the latest first."""
    return GrantList(grants=grants.of_person(caller))


@api.delete("/api/oauth/grants/{grantId}", access=USER, owner_of=OAuthGrant)
def withdraw_grant(caller: Caller, grant_id: str) -> Removed:
    """Take back what an app was let in to do; its tokens are worth nothing within seconds."""
    grants.take_back(caller, grant_id)
    return Removed(id=grant_id)


@api.get("/api/admin/oauth-clients", access=_ADMIN)
def list_clients() -> ClientList:
    """List the clients of the tenant."""
    return ClientList(clients=[clients.view(each) for each in clients.everyone()])


@api.post("/api/admin/oauth-clients", access=_ADMIN.proven(), status=201, limit="60/hour")
def register_client(body: RegisterClient) -> ClientView:
    """Register a client; its secret is shown this once."""
    return clients.register(body)


@api.delete("/api/admin/oauth-clients/{clientId}", access=_ADMIN)
def remove_client(client_id: str) -> Removed:
    """Remove a client; its tokens are worth nothing within seconds."""
    clients.remove(client_id)
    return Removed(id=client_id)
