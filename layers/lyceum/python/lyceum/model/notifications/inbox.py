"""Notifications: each user's inbox and wishes, what became of each message on each channel, and the devices to push to.

A notification's id begins with the time of its event, so an inbox read backwards is newest first.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Notification(Entity, discriminator="notification"):
    """A message in somebody's inbox; its id follows from its event and type, so it exists once.

    It was read when it has `read_at`, or when its `generation` is below the one of its inbox. The clean-up finds it by
    `expiry_bucket`: the day on which it goes and one of a few shelves, so that no day is one hot partition.
    """

    keys = Keys(
        "INBOX#{user_id}",
        "MESSAGE#{notification_id}",
        gsi1=Index("INBOX#{user_id}", "{type}#{notification_id}"),
        gsi2=Index("INBOXENDS#{expiry_bucket}", "{user_id}#{notification_id}"),
    )
    noun = "notification"

    user_id = UnicodeAttribute()
    notification_id = UnicodeAttribute()
    type = UnicodeAttribute()
    title = UnicodeAttribute()
    body = UnicodeAttribute()
    data: Any = JSONAttribute(default=dict)
    generation = NumberAttribute(default=0)
    expiry_bucket = UnicodeAttribute(null=True)
    read_at = Moment(null=True)


class InboxCounter(Entity, discriminator="inbox_counter"):
    """How many messages of an inbox exist and how many are unread.

    To mark all of them read begins the next `generation`; messages of earlier ones are read, and no message is touched.
    """

    keys = Keys("INBOX#{user_id}", "COUNTER")
    noun = "inbox"

    user_id = UnicodeAttribute()
    total = NumberAttribute(default=0)
    unread = NumberAttribute(default=0)
    generation = NumberAttribute(default=0)
    read_all_at = Moment(null=True)


class NotificationPreferences(Entity, discriminator="notification_preferences"):
    """What a user wants to be told and when; what is not set has its default.

    Time zone, language, study time and the switch for all messages beside the inbox are the account's (`User`). `channels` lists channels by type; `opted_out` names what was unsubscribed by link, as `type/channel`, and goes with
    the next edit. `quiet_from` and `quiet_until` (HH:MM) are by the user's clock. `daily_goal` is how many exams and lessons
    are to be finished on a day.
    """

    keys = Keys("INBOX#{user_id}", "PREFERENCES")
    noun = "preferences"

    user_id = UnicodeAttribute()
    channels: Any = JSONAttribute(default=dict)
    opted_out = UnicodeSetAttribute(null=True)
    quiet_from = UnicodeAttribute(null=True)
    quiet_until = UnicodeAttribute(null=True)
    digest = UnicodeAttribute(default="off")
    daily_goal = NumberAttribute(default=1)
    device_count = NumberAttribute(default=0)
