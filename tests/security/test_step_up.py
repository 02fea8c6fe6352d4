"""What outlives a stolen access token is not made with one: it needs a proof of the last five minutes.

Routes that give such power say so in their declaration (`access=....proven()`), and are called here with an old token.
That no other route makes what stands for such power, every test sees to (`tests.api.acts`).
"""

from typing import Any

import pytest

from lyceum.kit.http import Route
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import write_many
from lyceum.model.marketplace.sellers import Seller
from tests.support.clock import Clock
from tests.support.http import Client, Reply, apis
from tests.users.test_erasure import planted

EXPECTED = {
    "DELETE /api/admin/identity-providers/{provider}",
    "DELETE /api/auth/passkeys/{credentialId}",
    "DELETE /api/auth/social/links/{provider}",
    "PATCH /api/apps/{appId}",
    "PATCH /api/webhooks/{webhookId}",
    "POST /api/admin/classroom-devices/codes",
    "POST /api/admin/import/rosters",
    "POST /api/admin/lti/platforms",
    "POST /api/admin/oauth-clients",
    "POST /api/admin/organizations",
    "POST /api/admin/organizations/import",
    "POST /api/admin/organizations/{organizationId}/api-keys",
    "POST /api/admin/organizations/{organizationId}/api-keys/{keyId}/rotate",
    "POST /api/admin/organizations/{organizationId}/domain",
    "POST /api/admin/sign-in-ranges",
    "POST /api/admin/users/invite",
    "POST /api/admin/users/{userId}/verify",
    "POST /api/admin/xapi/targets",
    "POST /api/apps",
    "POST /api/apps/{appId}/install",
    "POST /api/auth/2fa/enable",
    "POST /api/auth/passkeys/register/options",
    "POST /api/auth/passkeys/register/verify",
    "POST /api/users/pin-cards",
    "POST /api/users/{userId}/guardians",
    "POST /api/vouchers",
    "POST /api/webhooks",
    "PUT /api/admin/identity-providers/{provider}",
    "PUT /api/admin/roles/{role}",
    "PUT /api/affiliate/{userId}/accounts/{currency}",
    "PUT /api/courses/{courseId}/teachers",
    "PUT /api/marketplace/seller/{sellerId}/accounts/{currency}",
    "PUT /api/proctoring/providers/{provider}",
    "PUT /api/users/{userId}/role",
}
ACCOUNT = "/api/marketplace/seller/{me}/accounts/NGN"
AFFILIATE = "/api/affiliate/{me}/accounts/NGN"


def refused(reply: Reply) -> bool:
    return reply.status == 403 and reply.error.code == "CONFIRMATION_REQUIRED"


def declared() -> list[Route]:
    return [route for api in apis() for route in api.routes if route.access.needs_proof]


def test_what_gives_lasting_power_declares_its_proof() -> None:
    assert {f"{route.method} {route.path}" for route in declared()} == EXPECTED


def test_an_old_token_gives_no_lasting_power(client: Client, clock: Clock) -> None:
    caller = client.as_(Role.SUPER_ADMIN)
    clock.advance(minutes=6)
    passed = [f"{route.method} {route.path}" for route in declared() if not refused(caller.call(route))]
    assert passed == []


@pytest.mark.parametrize(
    ("role", "method", "path", "body"),
    [
        ("student", "DELETE", "/api/users/{me}", None),
        ("student", "GET", "/api/users/{me}/data-export", None),
        ("student", "PUT", "/api/profile/update", {"email": "else@example.org"}),
        ("student", "PUT", AFFILIATE, {"provider": "paystack", "recipient": "RCP_t0ken12"}),
        ("instructor", "PUT", ACCOUNT, {"provider": "paystack", "recipient": "RCP_t0ken12"}),
        ("student", "POST", "/api/users/{me}/guardians", {"email": "else@example.org", "relation": "parent"}),
    ],
)
def test_an_old_token_changes_nothing_of_ones_own_account(
    client: Client, clock: Clock, role: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    caller = client.as_(role)
    path = path.format(me=caller.user_id)
    write_many([planted(Seller, caller.user_id)])
    clock.advance(minutes=6)
    reply = caller.send(method, path, body)
    assert refused(reply), (reply.status, reply.body)
