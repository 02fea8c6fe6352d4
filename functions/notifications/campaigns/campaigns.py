"""The campaigns of a tenant: begun, paused, resumed, stopped, and how far each has come."""

from lyceum.kit import clock, ids
from lyceum.kit.errors import PreconditionFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find, find_all
from lyceum.messages.catalogue import Wording
from lyceum.model.notifications.campaigns import Campaign, CampaignCount
from lyceum.rules import audits
from lyceum.tasks.notifications import AddressCampaign

from functions.notifications.campaigns import segments
from functions.notifications.campaigns.schemas import CampaignFigures, CampaignView, ChangeCampaign, NewCampaign
from functions.notifications.campaigns.sending import share, slice_now
from functions.notifications.templates import placeholders

MOST_RUNNING = 5
COUNTED = ("told", "read", "by_email", "by_sms", "by_push", "no_consent", "opted_out", "outside", "repeated")
_AFTER = {"pause": "paused", "resume": "running", "stop": "stopped"}
_ENDED = frozenset({"stopped", "finished"})


def create(caller: Principal, wanted: NewCampaign) -> CampaignView:
    """Begin a campaign, or make one that waits to be resumed (2 storage requests and a transaction).

    Raises ValidationFailed for a placeholder that there is not, RuleViolation TOO_MANY_CAMPAIGNS, and NotFound for a
    course that there is not.
    """
    for language, told in wanted.words.items():
        placeholders.require_valid(Wording(told.title, told.body), placeholders.OF_READER, f"words.{language}.")
    if len(find(Campaign, index="gsi1", state="running", limit=MOST_RUNNING).items) >= MOST_RUNNING:
        raise rule_violation("TOO_MANY_CAMPAIGNS", f"There are {MOST_RUNNING} running campaigns at most.")
    campaign = Campaign(
        campaign_id=ids.new_id(),
        name=wanted.name,
        state="paused" if wanted.is_paused else "running",
        words={language: told.model_dump() for language, told in wanted.words.items()},
        segment=wanted.segment.model_dump(mode="json", exclude_defaults=True),
        per_hour=wanted.per_hour,
        slice=slice_now(),
        slice_left=share(wanted.per_hour),
        at_most=segments.size_at_most(wanted.segment),
    )
    begins = [] if wanted.is_paused else [AddressCampaign(campaign_id=campaign.campaign_id)]
    unit = Unit().create(campaign, *begins)
    after = {"segment": campaign.segment, "perHour": wanted.per_hour, "isPaused": wanted.is_paused}
    audits.note(unit, caller.user_id, None, "campaign.created", campaign.campaign_id, after=after)
    unit.commit()
    return _view(campaign, [])


def change(caller: Principal, campaign_id: str, wanted: ChangeCampaign, expect: int | None) -> CampaignView:
    """Pause, resume or stop a campaign; the same again changes nothing (3 storage requests and a transaction).

    Only its state is written, so that what the workers do meanwhile stays.

    Raises NotFound, RuleViolation CAMPAIGN_ENDED, and PreconditionFailed when `expect` is not the stored version.
    """
    campaign = Campaign.require(campaign_id=campaign_id, consistent=True)
    before, state = str(campaign.state), _AFTER[wanted.action]
    if before != state:
        if before in _ENDED:
            raise rule_violation("CAMPAIGN_ENDED", f"The campaign is {before}.", field="action")
        campaign.state = state
        campaign.ended_at = clock.now() if state in _ENDED else None
        goes_on = [AddressCampaign(campaign_id=campaign_id)] if state == "running" else []
        unchanged = Campaign.state == before
        if expect is not None:
            unchanged &= Campaign.version == expect
        moved = PreconditionFailed("This campaign was changed since you read it.")
        unit = Unit().amend(campaign, "state", "ended_at", when=unchanged, events=goes_on, refuse=moved)
        audits.note(
            unit,
            caller.user_id,
            None,
            "campaign.changed",
            campaign_id,
            before={"state": before},
            after={"state": state},
        )
        unit.commit()
        campaign = Campaign.require(campaign_id=campaign_id, consistent=True)
    return _view(campaign, _counts(campaign_id))


def show(campaign_id: str) -> CampaignView:
    """Show a campaign with what became of it so far (2 storage requests); raises NotFound."""
    return _view(Campaign.require(campaign_id=campaign_id), _counts(campaign_id))


def _counts(campaign_id: str) -> list[CampaignCount]:
    return list(find_all(CampaignCount, campaign_id=campaign_id))


def _view(campaign: Campaign, counts: list[CampaignCount]) -> CampaignView:
    figures = CampaignFigures(
        at_most=int(campaign.at_most),
        addressed=int(campaign.addressed),
        **{name: sum(int(getattr(each, name)) for each in counts) for name in COUNTED},
    )
    return CampaignView(
        campaign_id=campaign.campaign_id,
        name=campaign.name,
        state=campaign.state,
        words=campaign.words,
        segment=campaign.segment,
        per_hour=int(campaign.per_hour),
        figures=figures,
        created_at=campaign.created_at,
        created_by=campaign.created_by,
        ended_at=campaign.ended_at,
        version=int(campaign.version),
    )
