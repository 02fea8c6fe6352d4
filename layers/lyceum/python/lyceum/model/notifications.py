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


class Delivery(Entity, discriminator="delivery"):
    """One message on one channel. States: pending, sending, sent, failed, suppressed.

    While it is sending, it belongs to the worker that claimed it until `claimed_until`. `provider_id` is the service's
    name for what was sent; `reason` says why nothing was. One that is held back waits in `held_bucket`, a quarter of an
    hour in UTC. `reached` are the devices that took a push already.
    """

    keys = Keys("DELIVERY#{notification_id}", "{channel}", gsi1=Index("HELD#{held_bucket}", "{notification_id}#{channel}"))
    noun = "delivery"

    notification_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute()
    held_bucket = UnicodeAttribute(null=True)
    claimed_until = Moment(null=True)
    provider_id = UnicodeAttribute(null=True)
    reached = UnicodeSetAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class Digest(Entity, discriminator="digest"):
    """What a user is told in one mail instead of many, when `bucket` has come. States as of a Delivery."""

    keys = Keys("DIGEST#{user_id}", "{bucket}", gsi1=Index("DIGESTS#{held_bucket}", "{user_id}"))
    noun = "digest"

    user_id = UnicodeAttribute()
    bucket = UnicodeAttribute()
    state = UnicodeAttribute()
    notification_ids = UnicodeSetAttribute()
    held_bucket = UnicodeAttribute(null=True)
    claimed_until = Moment(null=True)
    provider_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class Suppression(Entity, discriminator="suppression"):
    """An address that takes no mail: it bounced for good, or its owner complained. Only a hash of it is kept."""

    keys = Keys("SUPPRESSED#{address_hash}", "MAIL")
    noun = "suppressed address"

    address_hash = UnicodeAttribute()
    reason = UnicodeAttribute()


class PushDevice(Entity, discriminator="push_device"):
    """A device that takes push messages; its id follows from its token. Platforms: fcm, apns, web.

    `token` is the platform's name for the device, for the web the address of its push service; `endpoint_arn` is what
    the push service of the cloud calls it.
    """

    keys = Keys("PUSHDEVICE#{user_id}", "{device_id}")
    noun = "device"

    user_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    platform = UnicodeAttribute()
    token = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    web_key = UnicodeAttribute(null=True)
    web_secret = UnicodeAttribute(null=True)
    endpoint_arn = UnicodeAttribute(null=True)


class PushToken(Entity, discriminator="push_token"):
    """Whose a device is: of the one user who registered its token last, so nobody reads another's messages on it."""

    keys = Keys("PUSHTOKEN#{device_id}", "TOKEN")
    noun = "device"

    device_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class StudyReminder(Entity, discriminator="study_reminder"):
    """When a user wants to be reminded to study: at `time` (HH:MM) by the clock of `time_zone`, while the day's goal is open.

    It waits in `due_bucket`, the quarter of an hour (UTC) that holds that time next. `reminded_on` is the last local day
    that was dealt with. Time and zone are those of the account at `account_version`.
    """

    keys = Keys("REMINDER#{user_id}", "STUDY", gsi1=Index("REMINDERS#{due_bucket}", "{user_id}"))
    noun = "reminder"

    user_id = UnicodeAttribute()
    time = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    account_version = NumberAttribute()
    due_bucket = UnicodeAttribute()
    reminded_on = UnicodeAttribute(null=True)


class StudyDay(Entity, discriminator="study_day"):
    """How many exams and lessons a user finished on one day of their own calendar."""

    keys = Keys("REMINDER#{user_id}", "DAY#{day}")
    noun = "study day"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    finished = NumberAttribute(default=0)


class NewQuestions(Entity, discriminator="new_questions"):
    """How many questions entered the bank for a course in a week (ISO 8601, UTC), until its students were told."""

    keys = Keys("NEWQUESTIONS#{week}", "{course_id}")
    noun = "new questions"

    week = UnicodeAttribute()
    course_id = UnicodeAttribute()
    approved = NumberAttribute(default=0)
