"""Discussions on questions of the bank; everybody in the tenant reads them unless their question is a secret."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Discussion(Entity, discriminator="discussion"):
    """A discussion on a question of the bank.

    `held`: why only its author and moderators see it; absent otherwise. Author and name go with the account.
    """

    keys = Keys(
        "DISCUSSION#{discussion_id}",
        "DISCUSSION",
        gsi1=Index("DISCUSSIONSON#{question_id}", "{discussion_id}"),
        gsi2=Index("DISCUSSIONSOF#{author_id}", "{discussion_id}"),
    )
    noun = "discussion"

    discussion_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    author_id = UnicodeAttribute(null=True)
    author_name = UnicodeAttribute(null=True)
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    reply_count = NumberAttribute(default=0)
    upvote_count = NumberAttribute(default=0)
    last_reply_at = Moment(null=True)
    held: Any = JSONAttribute(null=True)


class DiscussionReply(Entity, discriminator="discussion_reply"):
    """A reply in a discussion, in the order of time; author and name go with the account."""

    keys = Keys("DISCUSSION#{discussion_id}", "REPLY#{reply_id}", gsi1=Index("REPLIESOF#{author_id}", "{reply_id}"))
    noun = "reply"

    discussion_id = UnicodeAttribute()
    reply_id = UnicodeAttribute()
    author_id = UnicodeAttribute(null=True)
    author_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute()
    held: Any = JSONAttribute(null=True)
