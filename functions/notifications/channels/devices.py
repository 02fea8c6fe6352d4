"""Devices that take push messages: a device is of the one user who registered it last."""

import hashlib

from lyceum.kit.errors import Detail, NotFound, ValidationFailed, rule_violation
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.model.notifications.deliveries import PushDevice, PushToken
from lyceum.model.notifications.inbox import NotificationPreferences

from functions.notifications.channels import web_push
from functions.notifications.schemas import RegisterDevice

MOST_DEVICES = 20
_TOO_MANY = f"A user has {MOST_DEVICES} devices at most. Remove one first."


def register(caller: Principal, wanted: RegisterDevice) -> PushDevice:
    """Register a device for the caller and return it; one that is registered again takes its new name.

    A device that another user of the tenant registered before is theirs no more. Raises ValidationFailed for the
    address of an unknown push service and RuleViolation TOO_MANY_DEVICES.
    """
    device = _described(caller, wanted)
    token, known = batch_fetch([PushToken.at(device_id=device.device_id), device], consistent=True)
    owner = token.user_id if isinstance(token, PushToken) else None
    if owner == caller.user_id and isinstance(known, PushDevice):
        Unit().change(known, PushDevice.name.set(device.name) if device.name else PushDevice.name.remove()).commit()
        return known
    unit = Unit().create(device)
    guard = PushToken.pk.does_not_exist() if owner is None else PushToken.user_id == owner
    names = [PushToken.user_id.set(caller.user_id), PushToken.device_id.set(device.device_id)]
    unit.change(PushToken.at(device_id=device.device_id), *names, when=guard, or_create=True)
    _count(unit, caller.user_id, 1)
    if owner is not None and owner != caller.user_id:
        unit.remove(PushDevice.at(user_id=owner, device_id=device.device_id))
        _count(unit, owner, -1)
    unit.commit()
    return device


def _described(caller: Principal, wanted: RegisterDevice) -> PushDevice:
    subscription = wanted.subscription
    if subscription and not web_push.is_known(subscription.endpoint):
        raise ValidationFailed(
            "This push service is not known.",
            details=[Detail("subscription.endpoint", "No known push service has this address.")],
        )
    token = subscription.endpoint if subscription else wanted.token or ""
    device = PushDevice(
        user_id=caller.user_id,
        device_id=device_id(wanted.platform, token),
        platform=wanted.platform,
        token=token,
        name=wanted.name,
    )
    if subscription:
        device.web_key, device.web_secret = subscription.keys.p256dh, subscription.keys.auth
    device.fill_keys()
    return device


def _count(unit: Unit, user_id: str, change: int) -> None:
    free = NotificationPreferences.device_count.does_not_exist() | (NotificationPreferences.device_count < MOST_DEVICES)
    actions = [NotificationPreferences.device_count.add(change), NotificationPreferences.user_id.set(user_id)]
    refuse = rule_violation("TOO_MANY_DEVICES", _TOO_MANY) if change > 0 else None
    unit.change(
        NotificationPreferences.at(user_id=user_id),
        *actions,
        when=free if change > 0 else None,
        refuse=refuse,
        or_create=True,
    )


def listed(caller: Principal, query: Listing) -> Slice[PushDevice]:
    """Return a page of the caller's devices in one request."""
    return find(PushDevice, user_id=caller.user_id, limit=query.limit, after=query.start_key())


def remove(user_id: str, device_id: str) -> None:
    """Remove a user's device; raises NotFound for one that the user does not have."""
    unit = Unit().remove(
        PushDevice.at(user_id=user_id, device_id=device_id),
        when=PushDevice.pk.exists(),
        refuse=NotFound("There is no such device."),
    )
    unit.remove(PushToken.at(device_id=device_id), when=PushToken.user_id == user_id)
    _count(unit, user_id, -1)
    unit.commit()


def device_id(platform: str, token: str) -> str:
    """Name a device by its platform and token."""
    return hashlib.sha256(f"{platform}|{token}".encode()).hexdigest()[:26].upper()
