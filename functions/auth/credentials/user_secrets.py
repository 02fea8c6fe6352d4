"""A user's secrets, read together: password, second factor, refresh keys, devices, codes, links, passkeys."""

from dataclasses import dataclass, field
from datetime import datetime

from lyceum.kit import clock
from lyceum.kit.table import Entity, fetch_partition
from lyceum.model.auth import (
    Credential,
    Device,
    LinkedIdentity,
    OneTimeCode,
    Passkey,
    RefreshKey,
    ResetTicket,
    TwoFactor,
    UndoOffer,
)


@dataclass
class UserSecrets:
    """The secrets of one user; what has expired is left out, whether storage has removed it yet or not."""

    user_id: str
    credential: Credential | None = None
    two_factor: TwoFactor | None = None
    ticket: ResetTicket | None = None
    sessions: list[RefreshKey] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    codes: dict[str, OneTimeCode] = field(default_factory=dict)
    offers: list[UndoOffer] = field(default_factory=list)
    links: list[LinkedIdentity] = field(default_factory=list)
    passkeys: list[Passkey] = field(default_factory=list)

    @property
    def has_second_factor(self) -> bool:
        """Whether a sign-in needs a second step."""
        return self.two_factor is not None and bool(self.two_factor.is_confirmed)

    @property
    def factor_method(self) -> str | None:
        """How the second step is done: totp, email or sms; None when no second factor is on."""
        return str(self.two_factor.method) if self.two_factor is not None and self.two_factor.is_confirmed else None

    def device(self, token_hash: str | None) -> Device | None:
        """Return the device with this token, if the user has signed in on it."""
        return next((device for device in self.devices if device.token_hash == token_hash), None)


def read_user_secrets(user_id: str) -> UserSecrets:
    """Read a user's secrets (1 storage request); they are empty for nobody."""
    user_secrets, now = UserSecrets(user_id), clock.now()
    for item in fetch_partition(Credential, consistent=True, user_id=user_id):
        if getattr(item, "expires_at", now) >= now:
            _put(user_secrets, item)
    user_secrets.sessions.sort(key=_started)
    user_secrets.devices.sort(key=lambda device: device.last_seen_at)
    return user_secrets


def _put(user_secrets: UserSecrets, item: Entity) -> None:
    match item:
        case Credential():
            user_secrets.credential = item
        case TwoFactor():
            user_secrets.two_factor = item
        case ResetTicket():
            user_secrets.ticket = item
        case RefreshKey():
            user_secrets.sessions.append(item)
        case Device():
            user_secrets.devices.append(item)
        case OneTimeCode():
            user_secrets.codes[item.purpose] = item
        case UndoOffer():
            user_secrets.offers.append(item)
        case LinkedIdentity():
            user_secrets.links.append(item)
        case Passkey():
            user_secrets.passkeys.append(item)
        case _:
            return  # challenges are named by their token


def _started(key: RefreshKey) -> datetime:
    return key.created_at or key.expires_at
