"""The content library: items, the shelves that they stand on, and what readers do with them.

A published item stands on up to five shelves: the one of everything and those of its subject, grade level, type and topic. On
each it has an entry that holds all that a list shows, in three orders (newest, most downloaded, best rated), so every list is one
query. Entries follow from the item and its figures and are written in the same transaction as either.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ContentItem(Entity, discriminator="content_item"):
    """Something to learn from: one file with what its owner says of it.

    States: draft (its file is awaited), processing, ready, failed, submitted, verified, rejected, published, archived, deleted.
    `files` are the variants of its upload, `excerpt` is the beginning of its text. `search_text` is normalised.
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


class ContentStatistics(Entity, discriminator="content_figures"):
    """How often an item was downloaded and how it was rated; folded in from events, exact under concurrency."""

    keys = Keys("CONTENT#{content_id}", "FIGURES")
    noun = "figures"

    content_id = UnicodeAttribute()
    downloads = NumberAttribute(default=0)
    rating_sum = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)


class ContentListing(Entity, discriminator="shelf_entry"):
    """A published item on one shelf, with the card that lists show.

    `shelf` is `all`, `subject:…`, `grade:…`, `type:…` or `topic:…`. `rating` is the mean in thousandths. `least_bytes` is the size of
    the smallest file that holds the whole item.
    """

    keys = Keys(
        "SHELF#{shelf}",
        "{published_at}#{content_id}",
        gsi1=Index("POPULAR#{shelf}", "{downloads:012d}#{content_id}"),
        gsi2=Index("RATED#{shelf}", "{rating:04d}#{rating_count:09d}#{content_id}"),
    )
    noun = "shelf entry"

    shelf = UnicodeAttribute()
    content_id = UnicodeAttribute()
    published_at = Moment()
    subject_key = UnicodeAttribute()
    grade_key = UnicodeAttribute()
    type = UnicodeAttribute()
    topic_id = UnicodeAttribute(null=True)
    search_text = UnicodeAttribute()
    least_bytes = NumberAttribute()
    downloads = NumberAttribute(default=0)
    rating = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)
    card: Any = JSONAttribute()


class ContentRating(Entity, discriminator="content_rating"):
    """What one user thinks of an item, in stars from 1 to 5."""

    keys = Keys("STARS#{content_id}", "{user_id}")
    noun = "rating"

    content_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    stars = NumberAttribute()


class OfflineCopy(Entity, discriminator="offline_copy"):
    """An item that a user keeps on a device. `day` is the last one (UTC) on which a download was counted."""

    keys = Keys("OFFLINE#{user_id}", "{device_id}#{content_id}")
    noun = "offline copy"

    user_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    content_id = UnicodeAttribute()
    variant = UnicodeAttribute()
    day = UnicodeAttribute()
    card: Any = JSONAttribute()
