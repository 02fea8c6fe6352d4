"""What a reader wants, with everything that was not chosen filled in."""

from typing import Literal, Self, cast
from zoneinfo import ZoneInfo

from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity
from lyceum.kit.values import time_zones
from lyceum.messages.catalogue import language_of
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.users.account import User

Digest = Literal["off", "daily", "weekly"]


@frozen
class ReaderPreferences:
    """The preferences of one reader.

    - `chosen`: what the reader chose of channels, quiet hours and digest.
    - `zone`, `language`: those of the account, or UTC and English where the product does not know them.
    """

    chosen: NotificationPreferences
    zone: ZoneInfo
    language: str

    @classmethod
    def of(cls, user: User, found: Entity | None) -> Self:
        """Read the preferences of a user out of what was found of them, which may be nothing yet."""
        chosen = found if isinstance(found, NotificationPreferences) else NotificationPreferences(user_id=user.user_id)
        return cls(chosen, time_zones.zone(user.time_zone), language_of(user.language))

    @property
    def digest(self) -> Digest:
        """How often mails are gathered into one."""
        return cast(Digest, self.chosen.digest)
