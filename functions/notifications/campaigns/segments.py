"""Who is of a campaign's segment, judged by the account as it is now."""

from datetime import datetime, timedelta

from lyceum.kit.table import find_all
from lyceum.model.courses.course import Course
from lyceum.model.notifications.campaigns import Campaign
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount

from functions.notifications.campaigns.schemas import Segment

_EVERYBODY = "all"


def of(campaign: Campaign) -> Segment:
    """Return the segment of a stored campaign."""
    return Segment.model_validate(campaign.segment)


def holds(segment: Segment, user: User, now: datetime) -> bool:
    """Say whether an active user is of a segment, its course apart."""
    if user.status_at(now) != "active":
        return False
    if segment.roles and user.role not in {role.value for role in segment.roles}:
        return False
    if segment.tiers and user.tier not in segment.tiers:
        return False
    return _was_active(segment, user, now)


def _was_active(segment: Segment, user: User, now: datetime) -> bool:
    seen = user.last_login_at or user.created_at
    within, without = segment.active_within_days, segment.inactive_for_days
    if within is not None and (user.last_login_at is None or seen < now - timedelta(days=within)):
        return False
    return without is None or seen is None or seen < now - timedelta(days=without)


def size_at_most(segment: Segment) -> int:
    """Return how many people a segment is taken from (1 storage request); raises NotFound for a course that is none."""
    if segment.course_id:
        return int(Course.require(course_id=segment.course_id).enrolment_count)
    counts = {str(each.group): int(each.total) for each in find_all(UserCount)}
    groups = {role.value for role in segment.roles} or {_EVERYBODY}
    return sum(counts.get(group, 0) for group in groups)
