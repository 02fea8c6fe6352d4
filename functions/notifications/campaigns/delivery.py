"""Who of those whom a campaign addresses is told, and that nobody is told twice."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit, batch_fetch
from lyceum.messages.catalogue import DEFAULT_LANGUAGE, Wording
from lyceum.model.notifications.campaigns import Campaign, CampaignCount, CampaignRecipient
from lyceum.rules import consents
from lyceum.rules.profiles import Preferences
from lyceum.tasks.notifications import DeliverCampaign, NoteCampaignRead

from functions.notifications.campaigns import segments
from functions.notifications.inbox import routing
from functions.notifications.inbox.campaign_verdict import MARKETING
from functions.notifications.inbox.inbox_writer import Reader, readers, write
from functions.notifications.kinds import CAMPAIGN
from functions.notifications.templates import placeholders

_TOGETHER = 12
"""Readers of one transaction: each takes at most 7 writes, and it holds 100."""
_SHARDS = 8


def deliver(consumer: Consumer, task: DeliverCampaign) -> None:
    """Tell those of the users who want it, some in each transaction; a campaign that was stopped tells nobody more."""
    campaign = Campaign.fetch(campaign_id=task.campaign_id, consistent=True)
    if campaign is None or campaign.state == "stopped":
        return
    for number, start in enumerate(range(0, len(task.user_ids), _TOGETHER)):
        with consumer.part(task, number) as part:
            _tell(campaign, task, task.user_ids[start : start + _TOGETHER], part)


def _tell(campaign: Campaign, task: DeliverCampaign, user_ids: Sequence[str], unit: Unit) -> None:
    names = [CampaignRecipient.at(user_id=user_id, campaign_id=task.campaign_id) for user_id in user_ids]
    before = batch_fetch(names, consistent=True)
    told_before = {each.user_id for each in before if isinstance(each, CampaignRecipient)}
    found = readers(user_ids)
    counts = Counter(outside=len(user_ids) - len(found))
    for reader in found:
        reason = "repeated" if reader.user.user_id in told_before else _reason(campaign, reader)
        if reason:
            counts[reason] += 1
        else:
            counts.update(_write(campaign, task, reader, unit))
    _count(task, counts, unit)


def _reason(campaign: Campaign, reader: Reader) -> str | None:
    """Say why a reader is not told, or None (at most 1 storage request)."""
    if not segments.holds(segments.of(campaign), reader.user, clock.now()):
        return "outside"
    chosen = Preferences.of(reader.user)
    if not any(chosen.takes(channel) for channel in routing.channels_for(CAMPAIGN, reader.preferences)):
        return "opted_out"
    return None if consents.has_given(reader.user.user_id, MARKETING) else "no_consent"


def _write(campaign: Campaign, task: DeliverCampaign, reader: Reader, unit: Unit) -> list[str]:
    """Add to a unit what one reader is told, and that it was; returns what it counts as."""
    told = _words(campaign, reader)
    data = {"campaignId": str(campaign.campaign_id)}
    decisions = write(reader, CAMPAIGN, task, data, unit, title=told.title, body=told.body)
    recipient = CampaignRecipient(user_id=reader.user.user_id, campaign_id=campaign.campaign_id, told_at=clock.now())
    unit.create(recipient)
    reached = [each for each in decisions if each.reason in {None, routing.IN_DIGEST}]
    return ["told", *(f"by_{each.channel}" for each in reached)]


def _words(campaign: Campaign, reader: Reader) -> Wording:
    """Return what a campaign says in a reader's language, or else in English or the first that it has."""
    words = campaign.words
    chosen = words.get(reader.preferences.language) or words.get(DEFAULT_LANGUAGE) or next(iter(words.values()))
    return placeholders.fill(Wording(**chosen), placeholders.of_reader(reader.user.first_name))


def count_read(tasks: Sequence[NoteCampaignRead], unit: Unit) -> None:
    """Count messages that were read, a write for each campaign."""
    for campaign_id, number in sorted(Counter(task.campaign_id for task in tasks).items()):
        count = CampaignCount.at(campaign_id=campaign_id, shard="read")
        unit.change(count, CampaignCount.read.add(number), or_create=True)


def _count(task: DeliverCampaign, counts: Counter[str], unit: Unit) -> None:
    shard = str(hashlib.sha256(task.event_id.encode()).digest()[0] % _SHARDS)
    grown = [getattr(CampaignCount, name).add(number) for name, number in counts.items() if number]
    unit.change(CampaignCount.at(campaign_id=task.campaign_id, shard=shard), *grown, or_create=True)
