"""Each user's inbox, and what the user wants to be told and where.

A notification's id begins with the time of its event, so an inbox read backwards is newest first.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Notification(Entity, discriminator="notification"):
    """A message in somebody's inbox; its id follows from its event and type, so it exists once.

    It was read when it has `read_at`, or when its `generation` is below the one of its inbox.

    - `type`: its kind, such as `exam.result`.
    - `title`, `body`: its words, in the language that the reader had when it was written.
    - `channel_words`: `[title, body]` by channel, where the tenant has words of its own for one.
    - `data`: what clients need to lead on from it, such as `examId`.
    - `about`: what it tells of; a later one of its type about the same takes its place.
    - `ends_at`: from then on it tells nothing any more, and is sent nowhere.
    - `expiry_bucket`: the day on which it goes, and one of the few partitions of that day, so that none of them is hot.
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
    channel_words: Any = JSONAttribute(null=True)
    data: Any = JSONAttribute(default=dict)
    generation = NumberAttribute(default=0)
    about = UnicodeAttribute(null=True)
    ends_at = Moment(null=True)
    expiry_bucket = UnicodeAttribute(null=True)
    read_at = Moment(null=True)

    def words_on(self, channel: str) -> tuple[str, str]:
        """Return title and body as a channel says them."""
        title, body = (self.channel_words or {}).get(channel, (self.title, self.body))
        return str(title), str(body)


class Mention(Entity, discriminator="mention"):
    """Messages in the inboxes of others that carry a person's name or words; with the person they go, and this too.

    Nobody sees it; only the inbox's worker reads it, when the person is erased.

    - `mention_id`: follows from the event that was told of, and from the messages' type.
    - `messages`: the readers' ids with the ids of their messages, as `[user_id, notification_id]`.
    """

    keys = Keys("MENTIONS#{person_id}", "{mention_id}")
    noun = "mention"

    person_id = UnicodeAttribute()
    mention_id = UnicodeAttribute()
    messages: Any = JSONAttribute(default=list)


class InboxCounter(Entity, discriminator="inbox_counter"):
    """How many messages of an inbox exist and how many are unread.

    - `generation`: to mark all messages read begins the next one; messages of earlier ones are read, and not touched.
    - `read_all_at`: when that was done the last time.
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

    Time zone, language, study time and the switch for all messages beside the inbox are the account's (`User`).

    - `channels`: lists of channels by type of notification.
    - `opted_out`: what was left by a link, as `type/channel`; `*` is all that is optional. It goes with the next edit.
    - `quiet_from`, `quiet_until`: HH:MM by the user's clock.
    - `digest`: off, daily or weekly.
    - `daily_goal`: how many exams and lessons are to be finished on a day.
    - `device_count`: devices that take pushes.
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
