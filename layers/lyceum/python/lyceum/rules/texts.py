"""Text messages to people: only where the stage switches them on, and only so many a day.

Whoever owns a block of numbers may earn by each message to it, and asks for many (SMS pumping). So messages are counted
by account, by block of ten thousand numbers and by tenant, each by a conditional write before it is sent.
"""

import hashlib
from datetime import timedelta

from lyceum.kit import clock, metrics
from lyceum.kit.aws import sms
from lyceum.kit.configuration import limits
from lyceum.kit.settings import settings
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.texts import TextsSent

_LAST_DIGITS = 4
_KEPT = timedelta(days=2)


class TextRefused(Exception):
    """A text message is not sent; the text says why and names nobody."""


def is_on() -> bool:
    """Say whether the stage sends text messages."""
    return "sms" in settings().channels.split(",")


def send(user_id: str, number: str, text: str) -> str:
    """Send a message to a user's number (E.164) and return the service's id for it (3 writes before).

    Raises TextRefused where the stage sends none and when it was enough for today, and what the service refuses with.
    """
    if not is_on():
        raise TextRefused("this stage sends no text messages")
    block = hashlib.blake2b(number[:-_LAST_DIGITS].encode(), digest_size=12).hexdigest()
    _count("account", f"account-{user_id}", limits.value("texts_daily_account"))
    _count("block", f"block-{block}", limits.value("texts_daily_block"))
    _count("tenant", "tenant", limits.value("texts_daily_tenant"))
    return sms.send(number, text)


def _count(what: str, subject: str, most: int) -> None:
    now = clock.now()
    day = TextsSent.at(subject=subject, day=clock.iso(now)[:10])
    is_left = TextsSent.pk.does_not_exist() | (TextsSent.sent < most)
    kept = TextsSent.ttl.set(int((now + _KEPT).timestamp()))
    try:
        Unit().change(day, TextsSent.sent.add(1), kept, when=is_left, or_create=True).commit()
    except ConditionFailed:
        metrics.count("TextsRefused", by=what)
        raise TextRefused(f"enough text messages for today, by {what}") from None
