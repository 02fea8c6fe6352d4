"""The inbox over HTTP."""

from typing import Annotated

from lyceum.http import USER, Api, Caller, Page, Query

from notifications import inbox
from notifications.schemas import InboxQuery, Message

api = Api("notifications")
handler = api.handler


@api.get("/api/notifications", access=USER)
def list_notifications(caller: Caller, query: Annotated[InboxQuery, Query()]) -> Page[Message]:
    """List the caller's messages, the newest first; the pagination counts all and the unread."""
    return inbox.page(caller, query)


@api.patch("/api/notifications/{notificationId}/read", access=USER)
def mark_read(caller: Caller, notification_id: str) -> Message:
    """Mark a message read."""
    return inbox.mark_read(caller, notification_id)
