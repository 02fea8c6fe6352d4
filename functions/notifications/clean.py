"""Every day: removes messages that were kept long enough, and takes them off the counts of their inboxes.

Storage removes what this job leaves by the items' own time a week later, without counting.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import schedules
from lyceum.kit.table import find_all
from lyceum.model.notifications.inbox import InboxCounter, Notification

from functions.notifications import inbox
from functions.notifications.placing import SHELVES

_DAY = timedelta(days=1)
_TOGETHER = 90
"""Messages removed in one transaction, which holds 100 writes."""
logger = Logger()


def handler(_event: dict[str, Any], lambda_context: Any) -> None:
    """Clean the inboxes of every tenant."""
    schedules.run("clean", _DAY, _clean, lambda_context)


def _clean(day: datetime) -> None:
    """Remove what ended on the day before."""
    ended = f"{day - _DAY:%Y-%m-%d}"
    for shelf in range(SHELVES):
        of_user: dict[str, list[Notification]] = defaultdict(list)
        for message in find_all(Notification, index="gsi2", expiry_bucket=f"{ended}.{shelf}"):
            of_user[message.user_id].append(message)
        for user_id, messages in of_user.items():
            for start in range(0, len(messages), _TOGETHER):
                _remove(user_id, messages[start : start + _TOGETHER])


def _remove(user_id: str, messages: Sequence[Notification]) -> None:
    counter = InboxCounter.fetch(user_id=user_id, consistent=True) or InboxCounter(user_id=user_id)
    try:
        inbox.remove_counted(messages, counter)
    except Conflict:  # the reader is at it too; the next run finds what is left, since a day is done twice
        logger.info("inbox changed meanwhile", extra={"user": user_id})
