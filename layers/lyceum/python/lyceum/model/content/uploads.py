"""Uploads: the record of a file from its slot to its variants."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from lyceum.kit import clock
from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON
from lyceum.kit.table.keys import partition_key


class Upload(Entity, discriminator="upload"):
    """A file that somebody may send, has sent, had rejected or has removed.

    Attributes:
        purpose: What the file is for; a name of `PURPOSES`.
        size_bytes: As announced; no more bytes are taken.
        sha256: Checksum as announced, in base64.
        remove_metadata: Whether a document loses what says who made it.
        projection: How an image or video is laid out: flat, or equirectangular.
        key: Where in the bucket the file is sent.
        state: waiting, processing, scanning, ready, rejected, failed or deleted.
        reason: Why it was rejected or failed, for its owner. It is written before a rejected file is moved away, so on
            a record that is processing it is the outcome that the next try carries out.
        etag: Names the bytes that were processed.
        cleared_etag: Names the bytes that the cloud's own malware scan found clean, where there is one.
        content_id: The library's item that the file belongs to.
        course_id: The course that the file is to picture, or whose people watch it.
        product_id: The product of the store that it shows.
        multipart_id: S3's own record of a file that comes in parts.
        steps: The steps of its processing, each with name, state, milliseconds, bytes in and out.
        variants: What was made of it, each with name, key, content type, size in bytes and in pixels.
        facts: What is known of the whole file, such as `pageCount` or `durationSeconds`.
        stream: Of a film that is streamed, its renditions with their places, sizes and bit rates, and its sheets of
            pictures; while it is in work, what each rendered piece of the film consists of.
        captions: Of a film, by language the name and the number of cues of its captions.
        is_counted: Whether it counts against its sender's quota in all.
        expires_at: Until when the file is awaited.
        due_at: When something that is still awaited is given up; it stands in the index, which holds few at once.
        ttl: Set only while the record is of no use without a file: waiting or deleted.
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
    remove_metadata = BooleanAttribute(default=False)
    projection = UnicodeAttribute(default="flat")
    key = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    etag = UnicodeAttribute(null=True)
    cleared_etag = UnicodeAttribute(null=True)
    content_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    product_id = UnicodeAttribute(null=True)
    multipart_id = UnicodeAttribute(null=True)
    steps: Any = JSONAttribute(default=list)
    variants: Any = JSONAttribute(default=list)
    facts: Any = JSONAttribute(default=dict)
    stream: Any = JSONAttribute(null=True)
    captions: Any = JSONAttribute(default=dict)
    is_counted = BooleanAttribute(default=False)
    expires_at = Moment()
    due_at = Moment(null=True)

    def fall_due(self, at: datetime | None) -> list[Action]:
        """Return the changes that let the schedule look at the upload then, or never."""
        if at is None:
            return [Upload.due_at.remove(), Upload.gsi1pk.remove(), Upload.gsi1sk.remove()]
        partition = partition_key("UPLOADDUE#all", {})
        return [
            Upload.due_at.set(at),
            Upload.gsi1pk.set(partition),
            Upload.gsi1sk.set(f"{clock.iso(at)}#{self.upload_id}"),
        ]


class FilmCaptions(Entity, discriminator="film_captions"):
    """Captions of a film in a language: WebVTT, as it was checked and written anew."""

    keys = Keys("UPLOAD#{video_id}", "CAPTIONS#{language}")
    noun = "captions"

    video_id = UnicodeAttribute()
    language = UnicodeAttribute()
    text: Any = PackedJSON()


class UploadUsage(Entity, discriminator="upload_usage"):
    """What a user, or everybody of the tenant, has sent: on a day (UTC), or in all what is still there.

    Attributes:
        owner_id: The user, or `tenant-0` to `tenant-15` for the parts of the tenant's count.
        span: The day as `2027-01-11`, or `all`.
        files: How many files.
        size_bytes: Their bytes together, as announced.
    """

    keys = Keys("UPLOADUSAGE#{owner_id}", "{span}")
    noun = "count of files"

    owner_id = UnicodeAttribute()
    span = UnicodeAttribute()
    files = NumberAttribute(default=0)
    size_bytes = NumberAttribute(default=0)
