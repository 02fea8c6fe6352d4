"""Events of files that were sent, and of the content library."""

from typing import ClassVar

from lyceum.kit.event import Event


class ContentProcessed(Event):
    """An uploaded file passed its checks and its variants are ready.

    Attributes:
        content_id: The library's item that the file belongs to, if there is one.
    """

    name: ClassVar[str] = "content.processed"
    upload_id: str
    owner_id: str
    content_id: str | None = None
    file_name: str | None = None


class ContentRejected(Event):
    """An uploaded file was rejected and quarantined."""

    name: ClassVar[str] = "content.rejected"
    upload_id: str
    owner_id: str
    reason: str
    content_id: str | None = None
    file_name: str | None = None


class ContentFailed(Event):
    """An uploaded file could not be processed, through no fault of the file that is known."""

    name: ClassVar[str] = "content.failed"
    upload_id: str
    owner_id: str
    reason: str
    content_id: str | None = None
    file_name: str | None = None


class ContentSubmitted(Event):
    """An item of the library waits for another instructor."""

    name: ClassVar[str] = "content.submitted"
    content_id: str
    owner_id: str


class ContentVerified(Event):
    """An instructor found an item good; it waits for its publication."""

    name: ClassVar[str] = "content.verified"
    content_id: str
    owner_id: str
    title: str


class ContentReturned(Event):
    """An instructor sent an item back to its owner."""

    name: ClassVar[str] = "content.returned"
    content_id: str
    owner_id: str
    title: str
    reason: str


class ContentPublished(Event):
    """An item entered the library."""

    name: ClassVar[str] = "content.published"
    content_id: str
    owner_id: str
    title: str


class ContentArchived(Event):
    """An item left the library and is kept."""

    name: ClassVar[str] = "content.archived"
    content_id: str
    owner_id: str


class ContentRemoved(Event):
    """An item was deleted; its files are kept for a while."""

    name: ClassVar[str] = "content.removed"
    content_id: str
    owner_id: str
    upload_id: str


class ContentDownloaded(Event):
    """A user fetched an item; published once for each user, device and day."""

    name: ClassVar[str] = "content.downloaded"
    content_id: str
    user_id: str


class ContentRated(Event):
    """A user rated an item or changed the rating.

    Attributes:
        change: By how many stars the sum of the item's ratings grew.
        is_new: Whether this user had not rated it before.
    """

    name: ClassVar[str] = "content.rated"
    content_id: str
    user_id: str
    change: int
    is_new: bool
