"""Whether a campaign's message still leaves on a channel: not once it was stopped, or the consent withdrawn."""

from typing import Literal

from lyceum.model.notifications.campaigns import Campaign
from lyceum.model.notifications.inbox import Notification
from lyceum.rules import consents

from functions.notifications.kinds import CAMPAIGN

MARKETING = "marketing"
"""The purpose of the consent without which nobody is told of a campaign."""
CampaignDecision = Literal["leaves", "waits", "stopped", "no consent"]


def verdict(message: Notification) -> CampaignDecision:
    """Say whether a message leaves now; of any other kind than a campaign's it does (else 2 storage requests).

    What waits for a campaign that is paused is looked at again in the next quarter of an hour.
    """
    if message.type != CAMPAIGN.type:
        return "leaves"
    campaign = Campaign.fetch(campaign_id=message.data["campaignId"])
    if campaign is None or campaign.state == "stopped":
        return "stopped"
    if not consents.has_given(str(message.user_id), MARKETING):
        return "no consent"
    return "waits" if campaign.state == "paused" else "leaves"
