"""Where a tenant's authorization server is, and what it can do (OpenID Connect Discovery 1.0, 3; RFC 8414)."""

from lyceum.kit import context
from lyceum.kit.identity import scopes, tokens
from lyceum.kit.settings import settings
from lyceum.kit.tenancy import directory

from functions.auth.provider.schemas import Discovery

_METHODS = ["client_secret_basic", "client_secret_post", "none"]


def issuer() -> str:
    """Return who issues ID tokens in the current tenant: the deployment, or below its domain the tenant's own host."""
    tenant = context.tenant()
    return settings().issuer if tenant == context.MAIN_TENANT else f"https://{tenant}.{settings().domain}"


def base() -> str:
    """Return the address below which the current tenant's API is."""
    return directory.api_address()


def discovery() -> Discovery:
    """Return what clients need to know."""
    here = base()
    return Discovery(
        issuer=issuer(),
        jwks_uri=f"{here}/.well-known/jwks.json",
        authorization_endpoint=f"{here}/api/oauth/consent",
        token_endpoint=f"{here}/api/oauth/token",
        userinfo_endpoint=f"{here}/api/oauth/userinfo",
        revocation_endpoint=f"{here}/api/oauth/revoke",
        introspection_endpoint=f"{here}/api/oauth/introspect",
        scopes_supported=[*scopes.SCOPES, scopes.OFFLINE],
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=_METHODS,
        introspection_endpoint_auth_methods_supported=_METHODS[:2],
        id_token_signing_alg_values_supported=[tokens.ALGORITHM],
        subject_types_supported=["public"],
        claims_supported=[
            *("sub", "name", "given_name", "family_name", "preferred_username", "locale", "zoneinfo"),
            *("email", "email_verified"),
        ],
        authorization_response_iss_parameter_supported=True,
    )
