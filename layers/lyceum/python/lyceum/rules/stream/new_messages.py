"""What is to be shown at once: messages that have come into inboxes, told by their records in the table's stream.

A message leaves no order itself, since it stands in two indexes and each of them would be paid for that too.
"""

from collections.abc import Mapping
from typing import Any

from lyceum.kit import clock, ids
from lyceum.tasks.realtime import ShowNotification

KIND = "notification"
"""The stored kind of a message."""


def shown_by(record: Mapping[str, Any]) -> ShowNotification | None:
    """Return the order to show a message that a record of the table's stream brings, None where it brings none.

    The same record brings the same order.
    """
    images = record.get("dynamodb", {})
    new = images.get("NewImage", {})
    if new.get("kind", {}).get("S") != KIND or images.get("OldImage"):
        return None
    notification_id = new["notification_id"]["S"]
    named = ids.related_id(notification_id, "shown")
    return ShowNotification(
        event_id=named,
        correlation_id=named,
        tenant=new["tenant"]["S"],
        actor=new["user_id"]["S"],
        at=clock.parse(new["created_at"]["S"]),
        notification_id=notification_id,
        user_id=new["user_id"]["S"],
    )
