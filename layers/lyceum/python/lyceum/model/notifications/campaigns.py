"""Campaigns: one message from a tenant to a segment of its people, who was told, and what came of it."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Campaign(Entity, discriminator="campaign"):
    """A message to a segment, and how far it has come.

    - `state`: running, paused, stopped or finished.
    - `words`: `{"title": ..., "body": ...}` by language.
    - `segment`: roles, course, tiers and activity, as `functions.notifications.campaigns.segments` reads it.
    - `per_hour`: how many people are addressed in an hour at most.
    - `slice`: the quarter of an hour (UTC) whose share was given last.
    - `slice_left`: what is left of it.
    - `cursor`: the storage key behind which the next page begins; None before the first.
    - `addressed`: people handed to the inbox worker.
    - `at_most`: people that the segment was taken from at the start.
    """

    keys = Keys("CAMPAIGN#{campaign_id}", "CAMPAIGN", gsi1=Index("CAMPAIGNS#{state}", "{campaign_id}"))
    noun = "campaign"

    campaign_id = UnicodeAttribute()
    name = UnicodeAttribute()
    state = UnicodeAttribute()
    words: Any = JSONAttribute()
    segment: Any = JSONAttribute(default=dict)
    per_hour = NumberAttribute()
    slice = UnicodeAttribute(null=True)
    slice_left = NumberAttribute(default=0)
    cursor: Any = JSONAttribute(null=True)
    addressed = NumberAttribute(default=0)
    at_most = NumberAttribute(default=0)
    ended_at = Moment(null=True)


class CampaignCount(Entity, discriminator="campaign_count"):
    """What became of those whom a campaign addressed, in one of a few parts, so that no worker waits for another.

    - `told`: got the message.
    - `by_email`, `by_sms`, `by_push`: on that channel too, at once or later.
    - `read`: opened it in the inbox, by itself.
    - `no_consent`, `opted_out`, `outside`, `repeated`: not told, and why.
    """

    keys = Keys("CAMPAIGNCOUNT#{campaign_id}", "{shard}")
    noun = "count"

    campaign_id = UnicodeAttribute()
    shard = UnicodeAttribute()
    told = NumberAttribute(default=0)
    read = NumberAttribute(default=0)
    by_email = NumberAttribute(default=0)
    by_sms = NumberAttribute(default=0)
    by_push = NumberAttribute(default=0)
    no_consent = NumberAttribute(default=0)
    opted_out = NumberAttribute(default=0)
    outside = NumberAttribute(default=0)
    repeated = NumberAttribute(default=0)


class CampaignRecipient(Entity, discriminator="campaign_recipient"):
    """That a campaign told somebody; it is what keeps it from telling them twice."""

    keys = Keys("CAMPAIGNSTOLD#{user_id}", "{campaign_id}")
    noun = "recipient"

    user_id = UnicodeAttribute()
    campaign_id = UnicodeAttribute()
    told_at = Moment()
