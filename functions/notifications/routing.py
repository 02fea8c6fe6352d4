"""Which channels a notification takes to a reader, and when: wishes, addresses, quiet hours and digests weighed in one place."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lyceum.kit.jobs import schedules
from lyceum.kit.settings import settings
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

from functions.notifications.kind import Channel, Kind
from functions.notifications.wishes import Wishes

QUARTER = timedelta(minutes=15)
"""What is held back is looked for so often."""
NOT_SET_UP = "the channel is not set up"
SWITCHED_OFF = "the user wants no messages beside the inbox"
IN_DIGEST = "it goes into the digest"


class Way(NamedTuple):
    """One channel of a notification: sent at once, held back until the bucket, or suppressed for a reason."""

    channel: Channel
    reason: str | None = None
    held_bucket: str | None = None
    digest_bucket: str | None = None


def ways(kind: Kind, user: User, wishes: Wishes, now: datetime) -> list[Way]:
    """Decide about each channel that a kind takes to a reader; without a device there is nothing to decide about pushes."""
    channels = [
        channel for channel in wishes.channels_for(kind) if channel != "push" or wishes.preferences.device_count
    ]
    return [_way(channel, kind, user, wishes, now) for channel in channels]


def _way(channel: Channel, kind: Kind, user: User, wishes: Wishes, now: datetime) -> Way:
    if channel not in settings().channels.split(","):
        return Way(channel, NOT_SET_UP)
    reason = _unreachable(channel, kind, user)
    if reason:
        return Way(channel, reason)
    if kind.is_urgent or kind.is_mandatory:
        return Way(channel)
    if channel == "email" and wishes.digest != "off":
        return Way(channel, IN_DIGEST, digest_bucket=bucket_after(wishes.next_digest(now)))
    until = wishes.quiet_until(now)
    return Way(channel, held_bucket=bucket_after(until) if until else None)


def _unreachable(channel: Channel, kind: Kind, user: User) -> str | None:
    """Say why a channel does not reach a user, or None; nobody switches off what is mandatory."""
    if channel == "email" and not user.email:
        return "the user has no e-mail address"
    if channel == "sms" and not (user.phone and user.phone_verified_at):
        return "the user has no proven phone number"
    return None if kind.is_mandatory or Preferences.of(user).notifications else SWITCHED_OFF


def bucket_after(moment: datetime) -> str:
    """Name the quarter of an hour (UTC) that begins at a moment or first after it."""
    start = schedules.start_of(moment.astimezone(UTC), QUARTER)
    return schedules.bucket(start if start == moment else start + QUARTER)
