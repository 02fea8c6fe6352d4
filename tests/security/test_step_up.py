"""What outlives a stolen access token is not made with one: it needs a proof of the last five minutes."""

from typing import Any

import pytest

from lyceum.kit.table import write_many
from lyceum.model.marketplace.sellers import Seller
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.users.test_erasure import planted

PROVIDER = "/api/admin/identity-providers/school"
ACCOUNT = "/api/marketplace/seller/{me}/accounts/NGN"
AFFILIATE = "/api/affiliate/{me}/accounts/NGN"
SAML = {"protocol": "saml", "name": "School"}


def refused(reply: Reply) -> bool:
    return reply.status == 403 and reply.error.code == "CONFIRMATION_REQUIRED"


@pytest.mark.parametrize(
    ("role", "method", "path", "body"),
    [
        ("super_admin", "PUT", PROVIDER, SAML),
        ("super_admin", "DELETE", PROVIDER, None),
        ("admin", "POST", "/api/admin/oauth-clients", {"name": "k", "scopes": ["openid"], "actsAlone": True}),
        ("student", "POST", "/api/auth/2fa/enable", {}),
        ("student", "POST", "/api/auth/passkeys/register/options", {}),
        ("student", "DELETE", "/api/auth/passkeys/k", None),
        ("student", "DELETE", "/api/auth/social/links/google", None),
        ("student", "DELETE", "/api/users/{me}", None),
        ("student", "PUT", "/api/profile/update", {"email": "else@example.org"}),
        ("student", "PUT", AFFILIATE, {"provider": "paystack", "recipient": "RCP_t0ken12"}),
        ("instructor", "PUT", ACCOUNT, {"provider": "paystack", "recipient": "RCP_t0ken12"}),
    ],
)
def test_an_old_token_makes_no_credential(
    client: Client, clock: Clock, role: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    caller = client.as_(role)
    path = path.format(me=caller.user_id)
    write_many([planted(Seller, caller.user_id)])
    clock.advance(minutes=6)
    reply = caller.send(method, path, body)
    assert refused(reply), (reply.status, reply.body)
