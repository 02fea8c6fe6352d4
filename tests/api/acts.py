"""What each call of a test wrote, held against what its route declares.

Every test that calls a route is so a test of two rules, over all that the route wrote: power that lasts is given after
a fresh proof alone, and what staff do by a permission over others, or to what is somebody else's, is audited.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from lyceum.kit.http import Route
from lyceum.kit.identity import Permission, Principal, may_touch, principal
from lyceum.kit.identity.permissions import ADMINISTERING
from lyceum.kit.identity.records import ApiKey
from lyceum.kit.table import Entity
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.auth import NamedRange, Passkey
from lyceum.model.devices import EnrolmentCode
from lyceum.model.federation import IdentityProvider
from lyceum.model.imports import RosterSource
from lyceum.model.integrations.launches import Platform
from lyceum.model.integrations.statements import StatementTarget
from lyceum.model.oauth import AuthorizationCode, OAuthClient
from lyceum.model.organizations import DomainClaim
from lyceum.model.payments.vouchers import VoucherBatch
from lyceum.model.payouts import PayoutAccount
from lyceum.model.proctoring import ProctorProvider
from lyceum.model.users.classes import PinCard
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.invitations import Invitation
from lyceum.model.webhooks import Webhook

_AROUND = {"RATE", "IDEM", "APIKEYUSE", "TELEMETRY"}
"""Families that the kit writes around a rule, whatever that does."""
_POWER: tuple[type[Entity], ...] = (
    ApiKey, AuthorizationCode, DomainClaim, EnrolmentCode, Guardianship, IdentityProvider, Invitation, NamedRange,
    OAuthClient, Passkey, PayoutAccount, PinCard, Platform, ProctorProvider, RosterSource, StatementTarget,
    VoucherBatch, Webhook,
)  # fmt: skip
"""What lets somebody in, shows or pays them something, after the session that made it has ended."""
_PROVEN_OTHERWISE = {
    "POST /api/oauth/authorize": "its rule asks for the proof, since a refusal needs none",
    "POST /api/users/guardians": "the guardian holds the token of the mail",
    "DELETE /api/users/{userId}/guardians/{guardianId}": "a link ends",
    "DELETE /api/apps/{appId}/install": "power ends",
    "DELETE /api/admin/organizations/{organizationId}/api-keys/{keyId}": "power ends",
    "POST /api/admin/import/rosters/{sourceId}/sync": "the source notes how far it was read",
}
_OVER_OTHERS = ADMINISTERING | {
    Permission.MODERATE, Permission.VERIFY_CONTENT, Permission.REVOKE_CERTIFICATES, Permission.GRADE_WORK,
    Permission.PROCTOR_EXAMS,
}  # fmt: skip
"""By what staff decide on others and what is theirs."""
_EVIDENCE = {"audit_event", "session_event"}
"""What says who did it: the audit, or the hash-chained log of an exam's session."""
UNAUDITED = {
    "POST /api/courses/{courseId}/thumbnail": "the upload keeps whose it is and for which course",
    "POST /api/lessons/{lessonId}/media": "the upload keeps whose it is and for which lesson",
    "POST /api/courses/{courseId}/copy": "the copy is its maker's, and the course stays as it is",
    "POST /api/products/{productId}/upload-image": "the upload keeps whose it is and for which product",
    "POST /api/products/{productId}/media": "the upload keeps whose it is and for which product",
    "POST /api/content/{contentId}/publish": "an administrator's own content leaves none",
    "POST /api/admin/questions/batch-approve": "a job audits each approval by itself",
    "POST /api/ai/detect-cheating": "it looks through one's own exam and decides nothing",
    "POST /api/ai/grade-essay": "a draft counts for nothing until its teacher confirms it",
    "POST /api/ai/grade-essay/{draftId}/confirm": "the grade itself is given where work is graded, and audited there",
    "POST /api/admin/organizations/{organizationId}/domain": "a look that proves nothing changes nothing",
}
"""Routes that administer and leave no audit entry, each with the reason."""


@dataclass
class Writes:
    """The kinds of item that a call put, the key families that it wrote, and whether something was another's."""

    put: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    is_over_another: bool = False


_current: ContextVar[Writes | None] = ContextVar("writes", default=None)


@contextmanager
def writes_of_a_call() -> Iterator[Writes]:
    """Gather what is written within the block."""
    found = Writes()
    token = _current.set(found)
    try:
        yield found
    finally:
        _current.reset(token)


@contextmanager
def watched_writes() -> Iterator[None]:
    """Note what is written while calls are gathered."""
    original = StorageConnection._call_once

    def call(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = original(self, operation, arguments)
        found = _current.get()
        if found is not None:
            for key, item in _written(operation, arguments):
                found.families.add(key["PK"]["S"].partition("|")[2].partition("#")[0])
                if item is not None:
                    found.put.add(item["kind"]["S"])
        return answer

    with patch.object(StorageConnection, "_call_once", call), patch.object(principal, "may_touch", _may_touch):
        yield


def _may_touch(caller: Principal, owner_id: str | None, override: Permission | None = None) -> bool:
    is_admitted = may_touch(caller, owner_id, override)
    found = _current.get()
    if found is not None and is_admitted and caller.user_id != owner_id:
        found.is_over_another = True
    return is_admitted


def judge(route: Route, written: Writes) -> None:
    """Demand of what a call wrote that the route asked for a proof, and that staff left an audit entry."""
    name = f"{route.method} {route.path}"
    if not (route.access.is_anonymous or route.access.needs_proof or name in _PROVEN_OTHERWISE):
        power = {kind_of(each) for each in _POWER} & written.put
        assert not power, f"{name} gives lasting power ({power}): declare its access as .proven()"
    is_of_staff = route.access.permission in _OVER_OTHERS or written.is_over_another
    if route.method != "GET" and is_of_staff and written.families - _AROUND:
        is_audited = bool(_EVIDENCE & written.put) or name in UNAUDITED
        assert is_audited, f"{name} wrote {sorted(written.put)} and left no audit entry"


def kind_of(entity: type[Entity]) -> str:
    """Return the kind by which an item of an entity is stored."""
    return str(Entity.kind.get_discriminator(entity))


def _written(operation: str, arguments: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    if operation == "TransactWriteItems":
        for each in arguments["TransactItems"]:
            for kind, write in each.items():
                if kind != "ConditionCheck":
                    yield write.get("Key") or write["Item"], write.get("Item")
    elif operation == "BatchWriteItem":
        for table in arguments["RequestItems"].values():
            for each in table:
                item = each.get("PutRequest", {}).get("Item")
                yield item or each["DeleteRequest"]["Key"], item
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield arguments.get("Key") or arguments["Item"], arguments.get("Item")
