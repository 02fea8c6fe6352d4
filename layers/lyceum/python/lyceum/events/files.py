"""Events of files that were sent, and of the content library."""

from typing import Any, ClassVar

from lyceum.kit.event import Event


class UploadChecked(Event):
    """A recording passed its checks and waits for its renditions; `etag` names the bytes that were checked."""

    name: ClassVar[str] = "content.checked"
    upload_id: str
    owner_id: str
    etag: str


class UploadProcessed(Event):
    """An uploaded file passed its checks and its variants are ready; `content_id` is the library's item, if it belongs to one."""

    name: ClassVar[str] = "content.processed"
    upload_id: str
    owner_id: str
    content_id: str | None = None


class UploadRejected(Event):
    """An uploaded file was refused and quarantined."""

    name: ClassVar[str] = "content.rejected"
    upload_id: str
    owner_id: str
    reason: str
    content_id: str | None = None


class UploadFailed(Event):
    """An uploaded file could not be processed, through no fault of its own that is known."""

    name: ClassVar[str] = "content.failed"
    upload_id: str
    owner_id: str
    reason: str
    content_id: str | None = None


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
    """A user fetched an item; told once for each user, device and day."""

    name: ClassVar[str] = "content.downloaded"
    content_id: str
    user_id: str


class ContentRated(Event):
    """A user rated an item or changed the rating; `change` is by how many stars the sum grew, `is_new` whether there was none."""

    name: ClassVar[str] = "content.rated"
    content_id: str
    user_id: str
    change: int
    is_new: bool


class FileUploaded(Event):
    """Storage received a file; told by S3 itself, not by Lyceum."""

    name: ClassVar[str] = "Object Created"
    bucket: str
    key: str
    size_bytes: int

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "FileUploaded":
        """Read S3's notification; the tenant is the second part of the key `uploads/{tenant}/{owner}/{id}/original`."""
        detail = envelope["detail"]
        key = detail["object"]["key"]
        parts = key.split("/")
        return cls(
            event_id=envelope["id"],
            tenant=parts[1] if len(parts) > 1 else "",
            actor="storage",
            at=envelope["time"],
            bucket=detail["bucket"]["name"],
            key=key,
            size_bytes=detail["object"].get("size", 0),
        )


class FileScanned(Event):
    """The cloud's malware scan looked at a file; told by GuardDuty itself, not by Lyceum."""

    name: ClassVar[str] = "GuardDuty Malware Protection Object Scan Result"
    bucket: str
    key: str
    etag: str
    result: str

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "FileScanned":
        """Read GuardDuty's notification (user guide, "Monitoring S3 object scans with EventBridge")."""
        detail = envelope["detail"]
        place = detail["s3ObjectDetails"]
        parts = place["objectKey"].split("/")
        return cls(
            event_id=envelope["id"],
            tenant=parts[1] if len(parts) > 1 else "",
            actor="storage",
            at=envelope["time"],
            bucket=place["bucketName"],
            key=place["objectKey"],
            etag=place["eTag"].strip('"'),
            result=detail.get("scanResultDetails", {}).get("scanResultStatus") or detail["scanStatus"],
        )
