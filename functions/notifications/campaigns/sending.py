"""How a campaign goes through its segment: a share every quarter of an hour, in pages, as long as it runs.

A page, the place that it reached and the tasks for those on it are one transaction, on condition that nobody has
touched the campaign since: a pause between two pages holds, and no page is worked through twice.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict
from lyceum.kit.jobs import schedules
from lyceum.kit.table import ConditionFailed, Slice, Unit, find, find_all
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.notifications.campaigns import Campaign
from lyceum.model.users.account import User
from lyceum.tasks.notifications import AddressCampaign, DeliverCampaign

from functions.notifications.campaigns import segments

QUARTER = timedelta(minutes=15)
_SHARES = 4
"""Of an hour."""
_PAGE = 500
_CHUNK = 60
"""Users of one task: five transactions of the inbox worker."""


def share(per_hour: int) -> int:
    """Return how many people are addressed in a quarter of an hour at most."""
    return per_hour // _SHARES


def slice_now() -> str:
    """Name the quarter of an hour that it is."""
    return schedules.bucket(schedules.start_of(clock.now(), QUARTER))


def give_shares(quarter: datetime) -> None:
    """Give each running campaign its share of a quarter of an hour, once."""
    bucket = schedules.bucket(quarter)
    for campaign in find_all(Campaign, index="gsi1", state="running"):
        actions = [Campaign.slice.set(bucket), Campaign.slice_left.set(share(int(campaign.per_hour)))]
        is_next = (Campaign.state == "running") & (Campaign.slice < bucket)
        with suppress(ConditionFailed):
            task = AddressCampaign(campaign_id=campaign.campaign_id)
            Unit().change(campaign, *actions, when=is_next, events=[task]).commit()


def address(task: AddressCampaign, unit: Unit) -> None:
    """Address the next page of a campaign that runs and has something left of its share (2 storage requests).

    Raises Conflict when the campaign was changed meanwhile; the queue brings the task again.
    """
    campaign = Campaign.fetch(campaign_id=task.campaign_id, consistent=True)
    if campaign is None or campaign.state != "running" or campaign.slice_left <= 0:
        return
    page = _page(campaign, min(_PAGE, int(campaign.slice_left)))
    user_ids = _addressed(campaign, page)
    for start in range(0, len(user_ids), _CHUNK):
        send(unit, DeliverCampaign(campaign_id=task.campaign_id, user_ids=user_ids[start : start + _CHUNK]))
    _go_on(campaign, page.last_key, len(user_ids), unit)


def _go_on(campaign: Campaign, reached: dict[str, Any] | None, addressed: int, unit: Unit) -> None:
    """Add to a unit how far a campaign has come, with the task of the next page if there is one now."""
    version = int(campaign.version)
    campaign.cursor = reached
    campaign.addressed = int(campaign.addressed) + addressed
    campaign.slice_left = int(campaign.slice_left) - addressed
    if reached is None:
        campaign.state, campaign.ended_at = "finished", clock.now()
    names = ("cursor", "addressed", "slice_left", "state", "ended_at")
    has_more = reached is not None and campaign.slice_left > 0
    following = [AddressCampaign(campaign_id=campaign.campaign_id)] if has_more else []
    moved = Conflict("The campaign was changed meanwhile.")
    unit.amend(campaign, *names, when=Campaign.version == version, events=following, refuse=moved)


def _page(campaign: Campaign, limit: int) -> Slice[User] | Slice[Enrolment]:
    course_id = segments.of(campaign).course_id
    if course_id is None:
        return find(User, index="gsi1", limit=limit, after=campaign.cursor)
    return find(Enrolment, course_id=course_id, limit=limit, after=campaign.cursor)


def _addressed(campaign: Campaign, page: Slice[User] | Slice[Enrolment]) -> list[str]:
    """Return those of a page who may be of the segment; of a course's learners the accounts are looked at later."""
    segment, now = segments.of(campaign), clock.now()
    return [
        str(each.user_id)
        for each in page.items
        if (segments.holds(segment, each, now) if isinstance(each, User) else each.state == "active")
    ]
