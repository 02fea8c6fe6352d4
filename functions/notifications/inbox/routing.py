"""Which channels a notification takes to a reader, and when: channels, quiet hours and digests weighed in one place."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lyceum.kit.jobs import schedules
from lyceum.kit.settings import settings
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

from functions.notifications.kinds import CHANNELS, Channel, Kind
from functions.notifications.preferences import ReaderPreferences

QUARTER = timedelta(minutes=15)
"""What is held back is looked for so often."""
NOT_SET_UP = "the channel is not set up"
SWITCHED_OFF = "the user wants no messages beside the inbox"
IN_DIGEST = "it goes into the digest"
_DIGEST_HOUR = 7
_MONDAY = 0


class ChannelDecision(NamedTuple):
    """What becomes of a notification on one channel; it is sent at once when nothing else is said.

    - `reason`: why it is not sent on the channel.
    - `held_bucket`: the quarter of an hour (UTC) until which it is held back.
    - `digest_bucket`: the quarter of an hour (UTC) of the digest that takes it in.
    """

    channel: Channel
    reason: str | None = None
    held_bucket: str | None = None
    digest_bucket: str | None = None


def decide(kind: Kind, user: User, preferences: ReaderPreferences, now: datetime) -> list[ChannelDecision]:
    """Decide about each channel that a kind takes to a reader; about pushes only when there is a device."""
    wanted = channels_for(kind, preferences)
    channels = [channel for channel in wanted if channel != "push" or preferences.chosen.device_count]
    return [_decide(channel, kind, user, preferences, now) for channel in channels]


def _decide(channel: Channel, kind: Kind, user: User, preferences: ReaderPreferences, now: datetime) -> ChannelDecision:
    if channel not in settings().channels.split(","):
        return ChannelDecision(channel, NOT_SET_UP)
    reason = _unreachable(channel, kind, user)
    if reason:
        return ChannelDecision(channel, reason)
    if kind.is_urgent or kind.is_mandatory:
        return ChannelDecision(channel)
    if channel == "email" and preferences.digest != "off":
        return ChannelDecision(channel, IN_DIGEST, digest_bucket=bucket_after(next_digest(preferences, now)))
    until = quiet_until(preferences, now)
    return ChannelDecision(channel, held_bucket=bucket_after(until) if until else None)


def _unreachable(channel: Channel, kind: Kind, user: User) -> str | None:
    """Say why a channel does not reach a user, or None; nobody switches off what is mandatory."""
    if channel == "email" and not (user.email and user.email_verified_at):
        return "the user has no proven e-mail address"
    if channel == "sms" and not (user.phone and user.phone_verified_at):
        return "the user has no proven phone number"
    return None if kind.is_mandatory or Preferences.of(user).notifications else SWITCHED_OFF


def channels_for(kind: Kind, preferences: ReaderPreferences) -> tuple[Channel, ...]:
    """Return the channels that a kind takes to a reader; what is mandatory keeps its own whatever was chosen."""
    chosen = preferences.chosen
    wanted = set(chosen.channels.get(kind.type, kind.channels))
    wanted -= {channel for channel in CHANNELS if f"{kind.type}/{channel}" in (chosen.opted_out or ())}
    if kind.is_mandatory:
        wanted |= set(kind.channels)
    return tuple(channel for channel in CHANNELS if channel in wanted)


def quiet_until(preferences: ReaderPreferences, now: datetime) -> datetime | None:
    """Return when the quiet hours end that a moment is in, by the reader's clock; None when it is in none."""
    start, end = preferences.chosen.quiet_from, preferences.chosen.quiet_until
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(preferences.zone)
    clock_time = f"{local:%H:%M}"
    is_quiet = start <= clock_time < end if start < end else clock_time >= start or clock_time < end
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if clock_time >= end else 0)
    return datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=preferences.zone)


def next_digest(preferences: ReaderPreferences, now: datetime) -> datetime:
    """Return when the digest goes that takes in what happens now: seven in the morning, of Mondays if it is weekly."""
    local = now.astimezone(preferences.zone)
    at = local.replace(hour=_DIGEST_HOUR, minute=0, second=0, microsecond=0, fold=0)
    while at <= local or (preferences.digest == "weekly" and at.weekday() != _MONDAY):
        at += timedelta(days=1)
    return at


def bucket_after(moment: datetime) -> str:
    """Name the quarter of an hour (UTC) that begins at a moment or first after it."""
    start = schedules.start_of(moment.astimezone(UTC), QUARTER)
    return schedules.bucket(start if start == moment else start + QUARTER)
