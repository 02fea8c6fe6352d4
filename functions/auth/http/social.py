"""Sign-in by others over HTTP: the way there and back, links, and the providers of a tenant."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, USER, Answer, Api, Caller, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.auth.federation import links, providers, sign_in
from functions.auth.federation.schemas import (
    CallbackQuery,
    HomeQuery,
    LinkList,
    ProviderList,
    ProviderName,
    ProviderView,
    SetProvider,
    StartQuery,
    WaysIn,
)

api = Api("auth", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_SIGN_IN)
_PAGE = "text/html; charset=utf-8"


@api.get("/api/auth/social/providers", access=PUBLIC, limit="600/hour")
def list_ways_in(query: Annotated[HomeQuery, Query()]) -> WaysIn:
    """List the providers that people may sign in with, or those of one's own mail domain."""
    return WaysIn(providers=providers.ways_in(query.email))


@api.get("/api/auth/social/{provider}/start", access=PUBLIC, status=302, raw=_PAGE, limit="300/hour", refuses=(404,))
def start_sign_in_elsewhere(provider: str, query: Annotated[StartQuery, Query()], answer: Answer) -> str:
    """Lead the browser to an identity provider, with state, nonce and PKCE."""
    answer.headers["Location"] = sign_in.start(provider, query.return_to, answer)
    return ""


@api.get(
    "/api/auth/social/{provider}/callback",
    access=PUBLIC,
    status=302,
    raw=_PAGE,
    limit="300/hour",
    refuses=(401, 403, 404, 409),
)
def end_sign_in_elsewhere(provider: str, query: Annotated[CallbackQuery, Query()], answer: Answer) -> str:
    """Finish a sign-in that an identity provider confirms, and lead the browser on to its goal."""
    answer.headers["Location"] = sign_in.finish(provider, query, answer)
    return ""


@api.get("/api/auth/social/links", access=USER)
def list_links(caller: Caller) -> LinkList:
    """List the identities elsewhere that the caller's account is linked to."""
    return LinkList(links=links.of_person(caller))


@api.delete("/api/auth/social/links/{provider}", access=USER.proven())
def remove_link(caller: Caller, provider: str) -> Removed:
    """Take a link away, unless it is the last way in."""
    links.unlink(caller, provider)
    return Removed(id=provider)


@api.get("/api/admin/identity-providers", access=_ADMIN)
def list_providers() -> ProviderList:
    """List the identity providers of the tenant, and when their certificates end."""
    return ProviderList(providers=[providers.view(each) for each in providers.every()])


@api.put("/api/admin/identity-providers/{provider}", access=_ADMIN.proven(), limit="60/hour", refuses=(404,))
def set_identity_provider(provider: ProviderName, body: SetProvider) -> ProviderView:
    """Set an identity provider up, or change it."""
    return providers.set_provider(provider, body)


@api.delete("/api/admin/identity-providers/{provider}", access=_ADMIN.proven())
def remove_identity_provider(provider: str) -> Removed:
    """Remove an identity provider; nobody signs in by it any more."""
    providers.remove(provider)
    return Removed(id=provider)
