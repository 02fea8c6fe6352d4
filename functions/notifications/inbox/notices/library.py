"""Files and items of the library."""

from lyceum.events.content import (
    ContentFailed,
    ContentProcessed,
    ContentPublished,
    ContentRejected,
    ContentReturned,
    ContentVerified,
)
from lyceum.kit.table import Unit

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify


def tell_refusal(event: ContentRejected | ContentFailed, unit: Unit) -> None:
    """Tell whoever sent a file that it was not taken, or could not be processed, and why."""
    data = {"uploadId": event.upload_id, "reason": event.reason}
    notify(kinds.CONTENT_REFUSED, event, event.owner_id, data, unit, about=event.upload_id, file=event.file_name)


def tell_readiness(event: ContentProcessed, unit: Unit) -> None:
    """Tell an author that an item of the library is ready; other files are awaited by whoever sent them."""
    if event.content_id:
        data = {"contentId": event.content_id}
        notify(kinds.CONTENT_READY, event, event.owner_id, data, unit, about=event.content_id, file=event.file_name)


def tell_verified(event: ContentVerified, unit: Unit) -> None:
    """Tell an author that an item was verified."""
    data = {"contentId": event.content_id, "title": event.title}
    notify(kinds.CONTENT_VERIFIED, event, event.owner_id, data, unit, about=event.content_id)


def tell_returned(event: ContentReturned, unit: Unit) -> None:
    """Tell an author that an item came back, and why."""
    data = {"contentId": event.content_id, "title": event.title, "reason": event.reason}
    notify(kinds.CONTENT_RETURNED, event, event.owner_id, data, unit, about=event.content_id)


def tell_published(event: ContentPublished, unit: Unit) -> None:
    """Tell an author that an item is in the library."""
    data = {"contentId": event.content_id, "title": event.title}
    notify(kinds.CONTENT_PUBLISHED, event, event.owner_id, data, unit, about=event.content_id)
