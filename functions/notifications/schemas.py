"""What callers of the inbox send and get."""

from typing import Annotated, Any

from pydantic import StringConstraints

from lyceum.http import Listing, Schema
from lyceum.http.schema import Timestamp


class InboxQuery(Listing):
    """Which messages to list."""

    type: Annotated[str | None, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$")] = None


class Message(Schema):
    """A message in the inbox; `readAt` is absent while it is unread."""

    notification_id: str
    type: str
    title: str
    body: str
    data: dict[str, Any]
    created_at: Timestamp
    read_at: Timestamp | None = None
