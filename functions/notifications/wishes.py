"""What a reader wants: channels by type, quiet hours, digest, time zone and language, with everything that was not chosen filled in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self, cast
from zoneinfo import ZoneInfo

from lyceum.kit.values import time_zones
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.users.account import User

from functions.notifications.kind import CHANNELS, Channel, Kind, Language, language_of

Digest = Literal["off", "daily", "weekly"]
_DIGEST_HOUR = 7
_MONDAY = 0


@dataclass(frozen=True)
class Wishes:
    """The wishes of one reader."""

    preferences: NotificationPreferences
    zone: ZoneInfo
    language: Language

    @classmethod
    def of(cls, user: User, preferences: NotificationPreferences | None) -> Self:
        """Read the wishes of a user who may have chosen nothing yet."""
        chosen = preferences or NotificationPreferences(user_id=user.user_id)
        return cls(chosen, time_zones.zone(user.time_zone), language_of(user.language))

    @property
    def digest(self) -> Digest:
        """How often mails are gathered into one."""
        return cast(Digest, self.preferences.digest)

    def channels_for(self, kind: Kind) -> tuple[Channel, ...]:
        """Return the channels that a kind takes to this reader; what is mandatory keeps its own whatever was chosen."""
        wanted = set(self.preferences.channels.get(kind.type, kind.channels))
        wanted -= {channel for channel in CHANNELS if f"{kind.type}/{channel}" in (self.preferences.opted_out or ())}
        if kind.is_mandatory:
            wanted |= set(kind.channels)
        return tuple(channel for channel in CHANNELS if channel in wanted)

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that a moment is in, by the reader's clock; None when it is in none."""
        start, end = self.preferences.quiet_from, self.preferences.quiet_until
        if start is None or end is None or start == end:
            return None
        local = now.astimezone(self.zone)
        clock_time = f"{local:%H:%M}"
        is_quiet = start <= clock_time < end if start < end else clock_time >= start or clock_time < end
        if not is_quiet:
            return None
        day = local.date() + timedelta(days=1 if clock_time >= end else 0)
        return datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=self.zone)

    def next_digest(self, now: datetime) -> datetime:
        """Return when the digest goes that takes in what happens now: seven in the morning, of Mondays if it is weekly."""
        local = now.astimezone(self.zone)
        at = local.replace(hour=_DIGEST_HOUR, minute=0, second=0, microsecond=0, fold=0)
        while at <= local or (self.digest == "weekly" and at.weekday() != _MONDAY):
            at += timedelta(days=1)
        return at
