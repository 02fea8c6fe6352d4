"""Uploads: the record of a file from its slot to its variants."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from lyceum.kit import clock
from lyceum.kit.table.entity import Entity, Index, Keys, Moment
from lyceum.kit.table.keys import partition_key


class Upload(Entity, discriminator="upload"):
    """A file that somebody may send, has sent, had refused or has removed.

    States: waiting, processing, scanning, ready, rejected, failed, deleted. A file is awaited until `expires_at`; `ttl` is set
    only while the record is of no use without a file: waiting or deleted. `reason` is set before a refused file is moved away, so
    while processing it is the verdict that a restart carries out. `sha256` is in base64. `etag` names the bytes
    that were processed and `cleared_etag` those that the cloud's own malware scan found clean, where there is one. `content_id` names the library's item that the file belongs to, `multipart_id` S3's own record of
    a file that comes in parts. What something is still awaited for stands in the index at `due_at`, of which a tenant has few at once.
    """

    keys = Keys("UPLOAD#{upload_id}", "UPLOAD", gsi1=Index("UPLOADDUE#all", "{due_at}#{upload_id}"))
    noun = "upload"

    upload_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    file_name = UnicodeAttribute()
    content_type = UnicodeAttribute()
    size_bytes = NumberAttribute()
    sha256 = UnicodeAttribute(null=True)
    key = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    etag = UnicodeAttribute(null=True)
    cleared_etag = UnicodeAttribute(null=True)
    content_id = UnicodeAttribute(null=True)
    multipart_id = UnicodeAttribute(null=True)
    steps: Any = JSONAttribute(default=list)
    variants: Any = JSONAttribute(default=list)
    facts: Any = JSONAttribute(default=dict)
    expires_at = Moment()
    due_at = Moment(null=True)

    def fall_due(self, at: datetime | None) -> list[Action]:
        """Return the changes that make the sweep look at the upload then, or never."""
        if at is None:
            return [Upload.due_at.remove(), Upload.gsi1pk.remove(), Upload.gsi1sk.remove()]
        partition = partition_key("UPLOADDUE#all", {})
        return [
            Upload.due_at.set(at),
            Upload.gsi1pk.set(partition),
            Upload.gsi1sk.set(f"{clock.iso(at)}#{self.upload_id}"),
        ]
