"""API keys of an organisation: made, listed, rotated and revoked; they end with the rights of whoever made them."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Detail, Forbidden, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Permission, Principal, Role, api_keys
from lyceum.kit.identity.permissions import acting_role
from lyceum.kit.identity.records import ApiKey, ApiKeyUse
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.users.account import User

from functions.organizations import reach
from functions.organizations.keys.schemas import ApiKeyList, ApiKeyView, NewApiKey, RotateApiKey

MOST = {"startup": 5, "business": 20, "enterprise": 50}
"""How many good keys an organisation of a tier has at most."""
FASTEST = {"startup": 60, "business": 300, "enterprise": 1200}
"""The most calls a minute of one key, by tier."""
NEVER = frozenset({Permission.MANAGE_ORGANIZATION, Permission.MANAGE_TENANT})
"""What no key may do: make keys, and what operators do."""
_KEPT = timedelta(days=30)
_SHOWN = 8


def create(caller: Principal, organization_id: str, wanted: NewApiKey) -> ApiKeyView:
    """Make a key that acts for the caller, and show it this once.

    Keys are made in one's own organisation, since they act for their maker. Raises NotFound, ValidationFailed
    and RuleViolation TOO_MANY_API_KEYS.
    """
    name = _own(caller, organization_id)
    tier = str(reach.stored(name).tier)
    most = FASTEST[tier]
    _check(caller, wanted, most)
    good = [key for key in _stored() if api_keys.is_good(key, clock.now())]
    if len(good) >= MOST[tier]:
        raise rule_violation("TOO_MANY_API_KEYS", f"There are {MOST[tier]} keys at most; revoke one first.")
    secret = api_keys.new_secret()
    key = ApiKey(
        key_id=ids.new_id(),
        label=wanted.label,
        owner_id=caller.user_id,
        owner_role=caller.role.value,
        owner_version=caller.version,
        digest=api_keys.digest_of(secret),
        scopes=sorted(scope.value for scope in set(wanted.scopes)),
        calls_per_minute=wanted.calls_per_minute or most,
        must_sign=wanted.must_sign,
        expires_at=wanted.expires_at,
    )
    after = {"scopes": list(key.scopes), "callsPerMinute": int(key.calls_per_minute)}
    Unit().create(key).create(audit("api_key.create", key.key_id, before={}, after=after)).commit()
    return ApiKeyView.of(key, _hint(name, key), api_key=api_keys.write(name, key.key_id, secret))


def _own(caller: Principal, organization_id: str) -> str:
    name = reach.require(caller, organization_id)
    if name != caller.tenant:
        raise Forbidden("API keys are managed from within their organisation.", code="OWN_ORGANIZATION_ONLY")
    return name


def _check(caller: Principal, wanted: NewApiKey, most: int) -> None:
    """Refuse scopes beyond the caller's own or that no key has, a limit above the tier's, and an end that is past."""
    wrong = [
        Detail("scopes", f"No key of yours may have {scope.value}.")
        for scope in sorted(set(wanted.scopes))
        if scope in NEVER or not caller.may(scope)
    ]
    if wanted.calls_per_minute is not None and wanted.calls_per_minute > most:
        wrong.append(Detail("callsPerMinute", f"A key makes {most} calls a minute at most."))
    if wanted.expires_at is not None and (wanted.expires_at.tzinfo is None or wanted.expires_at <= clock.now()):
        wrong.append(Detail("expiresAt", "This has to be a time to come, with its offset from UTC."))
    if wrong:
        raise ValidationFailed("Some fields are wrong.", details=wrong)


def _stored() -> list[ApiKey]:
    return find(ApiKey, limit=500).items


def listed(caller: Principal, organization_id: str) -> ApiKeyList:
    """List an organisation's keys with when each was last used, the newest first (2 requests); raises NotFound."""
    name = reach.require(caller, organization_id)
    with reach.within(name):
        uses = {use.key_id: use.last_used_at for use in find(ApiKeyUse, limit=500).items}
        keys = sorted(_stored(), key=lambda key: str(key.key_id), reverse=True)
    return ApiKeyList(keys=[ApiKeyView.of(key, _hint(name, key), last_used_at=uses.get(key.key_id)) for key in keys])


def rotate(caller: Principal, organization_id: str, key_id: str, wanted: RotateApiKey) -> ApiKeyView:
    """Give a key another secret, shown this once; the one before is good for some hours more.

    Raises NotFound for a key that there is not, that is not good any more, or that acts for somebody else: whoever
    holds the new secret acts for its owner.
    """
    name = _own(caller, organization_id)
    key = ApiKey.require(key_id=key_id, consistent=True)
    now = clock.now()
    if key.owner_id != caller.user_id or not api_keys.is_good(key, now):
        raise NotFound("There is no such API key.")
    secret = api_keys.new_secret()
    key.former_digest, key.former_until = key.digest, now + timedelta(hours=wanted.overlap_hours)
    key.digest = api_keys.digest_of(secret)
    after = {"overlapHours": wanted.overlap_hours}
    Unit().replace(key).create(audit("api_key.rotate", key_id, before={}, after=after)).commit()
    return ApiKeyView.of(key, _hint(name, key), api_key=api_keys.write(name, key_id, secret))


def revoke(caller: Principal, organization_id: str, key_id: str) -> None:
    """End a key within ten seconds; raises NotFound for one that there is not."""
    name = reach.require(caller, organization_id)
    with reach.within(name):
        key = ApiKey.require(key_id=key_id, consistent=True)
        if key.revoked_at is None:
            unit = Unit().create(audit("api_key.revoke", key_id, before={}, after={}))
            _end(unit, key, "chosen")
            unit.commit()


def follow_owner(unit: Unit, user_id: str) -> None:
    """Let the keys of a user follow from what they are this moment.

    They end when the user may not manage the organisation any more, and else go on with the rights that are left.
    """
    keys = [key for key in _stored() if key.owner_id == user_id and key.revoked_at is None]
    if not keys:
        return
    user = User.fetch(user_id=user_id, consistent=True)
    role = acting_role(Role(user.role), is_verified=bool(user.is_verified)) if user else Role.STUDENT
    is_active = user is not None and user.status_at(clock.now()) == "active"
    may_have = is_active and Principal(user_id, "", role, "", "").may(Permission.MANAGE_ORGANIZATION)
    for key in keys:
        if user is None or not may_have:
            _end(unit, key, "owner")
        else:
            rights = [ApiKey.owner_role.set(role.value), ApiKey.owner_version.set(int(user.permissions_version))]
            unit.change(key, *rights)


def _end(unit: Unit, key: ApiKey, reason: str) -> None:
    now = clock.now()
    ended = [ApiKey.revoked_at.set(now), ApiKey.revoked_reason.set(reason), ApiKey.ttl.set(now + _KEPT)]
    unit.change(key, *ended)


def _hint(name: str, key: ApiKey) -> str:
    return f"{api_keys.PREFIX}{name}_{str(key.key_id)[:_SHOWN]}"
