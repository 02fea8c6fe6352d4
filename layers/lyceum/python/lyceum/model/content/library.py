"""The content library: items, the lists that they stand in, and what readers do with them.

A published item stands in up to five lists: the one of everything and those of its subject, grade level, type and
topic. In each it has a listing that holds all that the list shows, in three orders (newest, most downloaded, best
rated), so every list is one query. Listings follow from the item and its statistics and are written in the same
transaction as either.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ContentItem(Entity, discriminator="content_item"):
    """Something to learn from: one file with what its owner says of it.

    Attributes:
        state: draft (its file is awaited), processing, ready, failed, submitted, verified, rejected, published,
            archived or deleted.
        reason: Why it failed or was rejected.
        type: Kind of its file: image, document, audio, video, text or package.
        files: The variants of its upload; their keys are those of the attempt that settled it.
        facts: What is known of the whole file, such as `pageCount` or `durationSeconds`.
        excerpt: The beginning of its text.
        search_text: The words that it is found by, normalised.
    """

    keys = Keys(
        "CONTENT#{content_id}",
        "ITEM",
        gsi1=Index("CONTENTS#{state}", "{content_id}"),
        gsi2=Index("AUTHORED#{owner_id}", "{content_id}"),
    )
    noun = "content item"

    content_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    upload_id = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    type = UnicodeAttribute()
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    subject = UnicodeAttribute()
    grade_level = UnicodeAttribute()
    topic_id = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    tags: ListAttribute[str] = ListAttribute(default=list)
    file_name = UnicodeAttribute()
    files: Any = JSONAttribute(default=list)
    facts: Any = JSONAttribute(default=dict)
    excerpt = UnicodeAttribute(default="")
    search_text = UnicodeAttribute(default="")
    verified_by = UnicodeAttribute(null=True)
    verified_at = Moment(null=True)
    published_at = Moment(null=True)


class ContentStatistics(Entity, discriminator="content_statistics"):
    """How often an item was downloaded and how it was rated; folded in from events, exact under concurrency.

    Attributes:
        downloads: Downloads, one for each user, device and day.
        rating_sum: Stars of all ratings.
        rating_count: How many users rated.
    """

    keys = Keys("CONTENT#{content_id}", "STATISTICS")
    noun = "statistics"

    content_id = UnicodeAttribute()
    downloads = NumberAttribute(default=0)
    rating_sum = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)


class ContentListing(Entity, discriminator="content_listing"):
    """A published item in one list of the library.

    Attributes:
        list_name: `all`, `subject:…`, `grade:…`, `type:…` or `topic:…`.
        subject_key: The subject, normalised.
        grade_key: The grade level, normalised.
        smallest_bytes: Size of the smallest file that holds the whole item.
        rating: Mean of the stars in thousandths.
        summary: What the list shows of the item.
    """

    keys = Keys(
        "CONTENTLISTING#{list_name}",
        "{published_at}#{content_id}",
        gsi1=Index("CONTENTPOPULAR#{list_name}", "{downloads:012d}#{content_id}"),
        gsi2=Index("CONTENTRATED#{list_name}", "{rating:04d}#{rating_count:09d}#{content_id}"),
    )
    noun = "listing"

    list_name = UnicodeAttribute()
    content_id = UnicodeAttribute()
    published_at = Moment()
    subject_key = UnicodeAttribute()
    grade_key = UnicodeAttribute()
    type = UnicodeAttribute()
    topic_id = UnicodeAttribute(null=True)
    search_text = UnicodeAttribute()
    smallest_bytes = NumberAttribute()
    downloads = NumberAttribute(default=0)
    rating = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)
    summary: Any = JSONAttribute()


class ContentRating(Entity, discriminator="content_rating"):
    """What one user thinks of an item, in stars from 1 to 5."""

    keys = Keys("CONTENTRATING#{content_id}", "{user_id}")
    noun = "rating"

    content_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    stars = NumberAttribute()


class OfflineCopy(Entity, discriminator="offline_copy"):
    """An item that a user keeps on a device.

    Attributes:
        variant: Name of the file that the device has.
        day: The last one (UTC, `YYYY-MM-DD`) on which a download was counted.
        summary: What lists show of the item, as it was then.
    """

    keys = Keys("OFFLINECOPY#{user_id}", "{device_id}#{content_id}")
    noun = "offline copy"

    user_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    content_id = UnicodeAttribute()
    variant = UnicodeAttribute()
    day = UnicodeAttribute()
    summary: Any = JSONAttribute()
