"""Which channels a notification takes to a reader, and when: channels, quiet hours and digests weighed in one place."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from lyceum.kit.jobs import schedules
from lyceum.kit.settings import settings
from lyceum.kit.values import time_zones
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

from functions.notifications.kinds import CHANNELS, EVERYTHING_OPTIONAL, Channel, Kind
from functions.notifications.preferences import ReaderPreferences

QUARTER = timedelta(minutes=15)
"""What is held back is looked for so often."""
NOT_SET_UP = "the channel is not set up"
SWITCHED_OFF = "the user wants no messages beside the inbox"
NOT_WANTED = "the user does not want it on this channel"
INACTIVE = "the account is suspended or deleted"
IN_DIGEST = "it goes into the digest"
_DIGEST_TIME = "07:00"
_MONDAY = 0
_WEEK = 7


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


def decide(
    kind: Kind, user: User, preferences: ReaderPreferences, now: datetime, ends_at: datetime | None = None
) -> list[ChannelDecision]:
    """Decide about each channel that a kind takes to a reader; about pushes only when there is a device.

    What would be held past its end is not held.
    """
    wanted = channels_for(kind, preferences)
    channels = [channel for channel in wanted if channel != "push" or preferences.chosen.device_count]
    return [judge(channel, kind, user, preferences, now, ends_at) for channel in channels]


def judge(
    channel: Channel,
    kind: Kind,
    user: User,
    preferences: ReaderPreferences,
    now: datetime,
    ends_at: datetime | None = None,
) -> ChannelDecision:
    """Decide about one channel by what is true now: when a message is written, and again when it leaves."""
    if channel not in settings().channels.split(","):
        return ChannelDecision(channel, NOT_SET_UP)
    reason = _unreachable(channel, kind, user, now)
    if reason is None and channel not in channels_for(kind, preferences):
        reason = NOT_WANTED
    if reason:
        return ChannelDecision(channel, reason)
    if kind.is_urgent or kind.is_mandatory:
        return ChannelDecision(channel)
    if channel == "email" and preferences.digest != "off":
        goes = next_digest(preferences, now)
        if not _is_too_late(goes, ends_at):
            return ChannelDecision(channel, IN_DIGEST, digest_bucket=bucket_after(goes))
    until = quiet_until(preferences, now)
    is_held = until is not None and not _is_too_late(until, ends_at)
    return ChannelDecision(channel, held_bucket=bucket_after(until) if until and is_held else None)


def _is_too_late(moment: datetime, ends_at: datetime | None) -> bool:
    """Say whether what is released in the quarter of an hour at or after a moment is over by then."""
    return ends_at is not None and ends_at <= moment + QUARTER


def _unreachable(channel: Channel, kind: Kind, user: User, now: datetime) -> str | None:
    """Say why a channel does not reach a user, or None; nobody switches off what is mandatory."""
    if user.status_at(now) != "active":
        return INACTIVE
    if channel == "email" and not (user.email and user.email_verified_at):
        return "the user has no proven e-mail address"
    if channel == "sms" and not (user.phone and user.phone_verified_at):
        return "the user has no proven phone number"
    return None if kind.is_mandatory or Preferences.of(user).takes(channel) else SWITCHED_OFF


def channels_for(kind: Kind, preferences: ReaderPreferences) -> tuple[Channel, ...]:
    """Return the channels that a kind takes to a reader; what is mandatory keeps its own whatever was chosen."""
    chosen = preferences.chosen
    wanted = set(chosen.channels.get(kind.type, kind.channels))
    left = chosen.opted_out or ()
    names = (kind.type, EVERYTHING_OPTIONAL)
    wanted -= {channel for channel in CHANNELS if any(f"{name}/{channel}" in left for name in names)}
    if kind.is_mandatory:
        wanted |= set(kind.channels)
    return tuple(channel for channel in CHANNELS if channel in wanted)


def quiet_until(preferences: ReaderPreferences, now: datetime) -> datetime | None:
    """Return when the quiet hours end that a moment is in, by the reader's clock; None when it is in none.

    Beginning and end are moments: a time that clocks show twice is the first of the two, so nothing is ever held until
    a moment that is over.
    """
    start, end = preferences.chosen.quiet_from, preferences.chosen.quiet_until
    if start is None or end is None or start == end:
        return None
    today = now.astimezone(preferences.zone).date()
    for begins_on in (today - timedelta(days=1), today):
        ends = _at(begins_on + timedelta(days=1 if end < start else 0), end, preferences)
        if _at(begins_on, start, preferences) <= now < ends:
            return ends
    return None


def next_digest(preferences: ReaderPreferences, now: datetime) -> datetime:
    """Return when the digest goes that takes in what happens now: seven in the morning, of Mondays if it is weekly."""
    today = now.astimezone(preferences.zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(_WEEK + 2))
    moments = (
        _at(day, _DIGEST_TIME, preferences)
        for day in days
        if preferences.digest != "weekly" or day.weekday() == _MONDAY
    )
    return next(moment for moment in moments if moment > now)


def _at(day: date, time: str, preferences: ReaderPreferences) -> datetime:
    """Return the moment (UTC) at which the reader's clock shows a time of a day."""
    return time_zones.at_time(str(day), time, preferences.zone.key)


def bucket_after(moment: datetime) -> str:
    """Name the quarter of an hour (UTC) that begins at a moment or first after it."""
    start = schedules.start_of(moment.astimezone(UTC), QUARTER)
    return schedules.bucket(start if start == moment else start + QUARTER)
