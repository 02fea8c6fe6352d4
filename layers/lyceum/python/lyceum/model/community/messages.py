"""Direct messages: each conversation once as its messages, and once for each of the two as a row of their list."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class DirectMessage(Entity, discriminator="direct_message"):
    """A message between two people, whom alone it is shown to, and to moderators once one of them reported it.

    `conversation_id` is made of both ids, the smaller one first. The sender goes with the account, the text stays for
    the other one. `held`: why it is shown to nobody but its sender.
    """

    keys = Keys(
        "DIRECTMESSAGES#{conversation_id}", "{message_id}", gsi1=Index("MESSAGESBY#{sender_id}", "{message_id}")
    )
    noun = "message"

    conversation_id = UnicodeAttribute()
    message_id = UnicodeAttribute()
    sender_id = UnicodeAttribute(null=True)
    sender_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute()
    held: Any = JSONAttribute(null=True)


class Conversation(Entity, discriminator="conversation"):
    """A conversation as one of the two sees it: with whom, what came last, how much is unread.

    - `unread`: changes in the very transaction of each message and each read mark, so it never drifts.
    - `read_up_to`: the last message that was read, by its id.
    - `admitted_until`: until when it need not be asked again whether the owner may write to the other.
    """

    keys = Keys("CONVERSATIONS#{user_id}", "{other_id}", gsi1=Index("CHATSBYTIME#{user_id}", "{last_id}#{other_id}"))
    noun = "conversation"

    user_id = UnicodeAttribute()
    other_id = UnicodeAttribute()
    other_name = UnicodeAttribute(null=True)
    last_id = UnicodeAttribute(null=True)
    last_text = UnicodeAttribute(null=True)
    last_at = Moment(null=True)
    is_last_own = BooleanAttribute(default=False)
    unread = NumberAttribute(default=0)
    read_up_to = UnicodeAttribute(null=True)
    admitted_until = Moment(null=True)


class MessageBox(Entity, discriminator="message_box"):
    """What is unread in all conversations of a user, and how many new ones were opened on a day (UTC)."""

    keys = Keys("CONVERSATIONBOX#{user_id}", "BOX")
    noun = "message box"

    user_id = UnicodeAttribute()
    unread = NumberAttribute(default=0)
    opened_on = UnicodeAttribute(null=True)
    opened = NumberAttribute(default=0)


class Block(Entity, discriminator="block"):
    """Somebody wants nothing from another (`block`), or no news of their messages (`mute`); its owner's alone."""

    keys = Keys("BLOCKS#{user_id}", "{other_id}")
    noun = "block"

    user_id = UnicodeAttribute()
    other_id = UnicodeAttribute()
    mode = UnicodeAttribute(default="block")
