"""Devices that work without a line: the operations that they sent, and what changed for their owner meanwhile.

What is a user's goes with the account; the feed of a course is read by all who are enrolled and names nobody. Nothing
here is the truth: what was learnt stands in the items of each domain, and a feed names what changed.
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment, PackedJSON

PUSHES, OPERATIONS, WAITING = "sync.pushes", "sync.operations", "sync.waiting"
"""What is counted of pushes a day: how many, operations in them, and operations that are to be sent again."""


class SyncOperation(Entity, discriminator="sync_operation"):
    """An operation that a device sent, and what became of it; kept for 90 days, so that it has its effect once.

    - `state`: `begun` until `leased_until`, then anybody may go on with it; `done` when `outcome` stands.
    - `digest`: of what was asked, by which another operation under the same id is told.
    - `device_at`: when the device says that it was done, which decides nothing.
    """

    keys = Keys("SYNCOPERATION#{user_id}", "{operation_id}")
    noun = "operation"

    user_id = UnicodeAttribute()
    operation_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    seq = NumberAttribute()
    type = UnicodeAttribute()
    digest = UnicodeAttribute()
    state = UnicodeAttribute(default="begun")
    leased_until = Moment()
    device_at = Moment(null=True)
    outcome = PackedJSON(null=True)


class SyncDevice(Entity, discriminator="sync_device"):
    """A device of a user, and the number of its last operation that was settled."""

    keys = Keys("SYNCDEVICE#{user_id}", "{device_id}")
    noun = "device"

    user_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    last_seq = NumberAttribute(default=0)
    pushed_at = Moment(null=True)


class SyncPosition(Entity, discriminator="sync_position"):
    """How long a user's feed is. It is raised with the row, so who reads n sees all up to n."""

    keys = Keys("SYNCPOSITION#{user_id}", "POSITION")
    noun = "feed"

    user_id = UnicodeAttribute()
    position = NumberAttribute(default=0)


class SyncChange(Entity, discriminator="sync_change"):
    """A row of a user's feed: a thing that changed, or went; only the last change of each thing has a row."""

    keys = Keys("SYNCFEED#{user_id}", "{position:012d}")
    noun = "change"

    user_id = UnicodeAttribute()
    position = NumberAttribute()
    type = UnicodeAttribute()
    key = UnicodeAttribute()
    changed_at = Moment()


class SyncPlace(Entity, discriminator="sync_place"):
    """Where in a user's feed the row of a thing stands."""

    keys = Keys("SYNCPLACE#{user_id}", "{type}#{key}")
    noun = "place"

    user_id = UnicodeAttribute()
    type = UnicodeAttribute()
    key = UnicodeAttribute()
    position = NumberAttribute()


class CourseFeedPosition(Entity, discriminator="course_feed_position"):
    """How long the feed of a course is; it stays while the course does, so that no position is ever given twice."""

    keys = Keys("COURSEFEED#{course_id}", "POSITION")
    noun = "feed"

    course_id = UnicodeAttribute()
    position = NumberAttribute(default=0)


class CourseFeedChange(Entity, discriminator="course_feed_change"):
    """A row of a course's feed: a part that changed, with what lists show of it, or that went.

    - `title`, `due_at`: as they were told; parts without them have none.
    """

    keys = Keys("COURSEFEED#{course_id}", "{position:012d}")
    noun = "change"

    course_id = UnicodeAttribute()
    position = NumberAttribute()
    type = UnicodeAttribute()
    key = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    due_at = Moment(null=True)
    is_removed = BooleanAttribute(default=False)
    changed_at = Moment()


class CourseFeedPlace(Entity, discriminator="course_feed_place"):
    """Where in a course's feed the row of a part stands, and of when the event is that it tells (`told_at`)."""

    keys = Keys("COURSEFEED#{course_id}", "PLACE#{type}#{key}")
    noun = "place"

    course_id = UnicodeAttribute()
    type = UnicodeAttribute()
    key = UnicodeAttribute()
    position = NumberAttribute()
    told_at = Moment()
