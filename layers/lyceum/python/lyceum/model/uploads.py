"""Uploads: the record of a file from its slot to its variants."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Keys, Moment


class Upload(Entity, discriminator="upload"):
    """A file that somebody may send, has sent, or had refused. States: waiting, processing, ready, rejected."""

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
