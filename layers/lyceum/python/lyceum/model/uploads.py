"""Uploads: the record of a file from its slot to its variants."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Keys, Moment


class Upload(Entity, discriminator="upload"):
    """A file that somebody may send, has sent, had refused or has removed.

    States: waiting, processing, ready, rejected, deleted. A file is awaited until `expires_at`; `ttl` is set only while
    the record is of no use without a file: waiting or deleted. `reason` is set before a refused file is moved away, so
    while processing it is the verdict that a restart carries out. `sha256` is in base64.
    """

    keys = Keys("UPLOAD#{upload_id}", "UPLOAD")
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
    steps: Any = JSONAttribute(default=list)
    variants: Any = JSONAttribute(default=list)
    expires_at = Moment()
