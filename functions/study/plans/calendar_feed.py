"""A plan as a calendar that programs subscribe to (RFC 5545), by a private link that its student can end.

The link is sealed with the deployment's secret and names tenant, student, plan and the number of the link; the plan
knows the number of the one that is good. So the address needs no sign-in, nobody can make one, and none is stored.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from lyceum.kit import context
from lyceum.kit.errors import Gone, NotFound
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.values import local_time, time_zones
from lyceum.messages.calendar_files import DayEntry, feed
from lyceum.messages.catalogue import language_of, words
from lyceum.model.study.plans import PlanProgress, StudyPlan
from lyceum.model.users.account import User

from functions.study.plans import calendar
from functions.study.plans.schemas import CalendarLink

_PURPOSE = "study calendar"
_DAYS_BACK = 30


def address(plan: StudyPlan) -> str:
    """Return the private address of a plan's calendar."""
    token = sealing.seal(_PURPOSE, context.tenant(), plan.user_id, plan.plan_id, str(int(plan.feed_number)))
    return f"{settings().api_url}/api/study-plans/{plan.plan_id}/calendar.ics?token={token}"


def revoke(caller: Principal, plan_id: str) -> CalendarLink:
    """End the link of a plan's calendar and return another (1 write); raises NotFound."""
    plan = StudyPlan.at(user_id=caller.user_id, plan_id=plan_id)
    Unit().change(plan, StudyPlan.feed_number.add(1), refuse=NotFound("There is no such study plan.")).commit()
    return CalendarLink(calendar_url=address(plan))


def show(plan_id: str, token: str) -> str:
    """Return the calendar of the plan that a link is for (1 request).

    Raises NotFound for a link that was not made here or whose plan or student is gone, Gone for one that was ended.
    """
    try:
        tenant, user_id, named, number = sealing.unseal(_PURPOSE, token, 4)
    except sealing.BrokenSeal:
        raise NotFound("There is no such calendar.") from None
    with context.working(replace(context.current(), tenant=tenant)):
        plan, progress, user = fetch_many(
            StudyPlan.at(user_id=user_id, plan_id=named),
            PlanProgress.at(user_id=user_id, plan_id=named),
            User.at(user_id=user_id),
        )
    if plan is None or named != plan_id or user is None or user.status == "deleted":
        raise NotFound("There is no such calendar.")
    if number != str(int(plan.feed_number)):
        raise Gone("This link was ended by its owner.")
    return _write(plan, progress or PlanProgress(user_id=user_id, plan_id=named), language_of(user.language))


def _write(plan: StudyPlan, progress: PlanProgress, language: str) -> str:
    today = calendar.today_of(plan)
    shown = calendar.current(plan, progress, today)
    titles = {topic["key"]: topic["title"] for topic in plan.topics}
    begun = date.fromisoformat(plan.starts_on)
    sequence = int(plan.version) + max(0, (today - begun).days)
    entries = [
        DayEntry(f"{plan.plan_id}-{day}@lyceum", date.fromisoformat(day), *_texts(rows, titles, language), sequence)
        for day, rows in calendar.by_day(shown.rows).items()
        if day >= (today - timedelta(days=_DAYS_BACK)).isoformat()
    ]
    exam = words(language, "study.calendar.exam", {"plan": plan.title})
    target = date.fromisoformat(plan.target_on)
    entries.append(DayEntry(f"{plan.plan_id}-exam@lyceum", target, exam, "", sequence))
    return feed(plan.title, entries, written_at=_written_at(plan, today)).decode()


def _texts(rows: list[calendar.Row], titles: dict[str, str], language: str) -> tuple[str, str]:
    lines = []
    for _, key, minutes, kind in rows:
        values = {"topic": titles.get(key, key), "minutes": minutes}
        lines.append(words(language, f"study.calendar.{kind}", values))
    return ", ".join(lines), "\n".join(lines)


def _written_at(plan: StudyPlan, today: date) -> datetime:
    """Return when the calendar became what it is: with the last edit, or when the day began from which it is laid."""
    began = local_time.day_begins(today, time_zones.zone(plan.time_zone))
    return max(plan.updated_at, began).astimezone(UTC)
