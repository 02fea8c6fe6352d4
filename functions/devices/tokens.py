"""Tokens of devices: short, signed, and proven without storage; a key of the device gets new ones.

A token is `{tenant}.{device}.{second of its end}.{mark}`. Whether its device was revoked is looked at with each report.
"""

import hmac
from datetime import UTC, datetime, timedelta

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.http.exchange import current
from lyceum.kit.identity import sealing, tokens
from lyceum.model.devices import ClassroomDevice

from functions.devices.schemas import RenewToken, TokenView

LASTS = timedelta(minutes=15)
_TOKEN, _KEY, _CODE = "device token", "device key", "device code"


def issue(device_id: str) -> TokenView:
    """Make a token of a device of the tenant that is worked in."""
    ends = int((clock.now() + LASTS).timestamp())
    token = sealing.seal(_TOKEN, context.tenant(), device_id, str(ends))
    return TokenView(token=token, token_expires_at=datetime.fromtimestamp(ends, UTC))


def proven() -> str:
    """Return the device whose token the request brings; raises Unauthenticated."""
    token = tokens.bearer(current().headers.get("authorization", ""))
    try:
        tenant, device_id, ends = sealing.unseal(_TOKEN, token, 3)
    except sealing.BrokenSeal:
        raise refused() from None
    if tenant != context.tenant() or int(ends) <= clock.now().timestamp():
        raise refused()
    return device_id


def renew(given: RenewToken) -> TokenView:
    """Give a device a token for its key (1 storage request); raises Unauthenticated."""
    device = ClassroomDevice.fetch(device_id=given.device_id, consistent=True)
    hashed = hash_of_key(given.device_key)
    if device is None or device.state != "active" or not hmac.compare_digest(hashed, str(device.key_hash)):
        raise refused()
    return issue(given.device_id)


def new_code() -> str:
    """Return a code that people type on a device: 49 bits that nobody guesses in the days it is good for."""
    return ids.new_code(10)


def hash_of_code(code: str) -> str:
    """Return what is stored of a code, however its letters were typed."""
    return sealing.mark(_CODE, code.upper())


def hash_of_key(key: str) -> str:
    """Return what is stored of a device's key."""
    return sealing.mark(_KEY, key)


def refused() -> Unauthenticated:
    """Return the refusal of a device that is not proven."""
    return Unauthenticated("This device is not known, its token has ended, or it was revoked.")
