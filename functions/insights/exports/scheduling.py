"""Reports that come again: one is written each day, week or month, and who ordered it gets a mail with its link."""

from datetime import datetime, timedelta

from lyceum.kit import clock, context, ids
from lyceum.kit.configuration import known
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict
from lyceum.kit.http import Page
from lyceum.kit.identity import Permission, Principal, role_sets
from lyceum.kit.identity.permissions import Role, acting_role
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.insights.journeys import GeneratedReport, ReportSchedule
from lyceum.model.users.account import User
from lyceum.rules import audits
from lyceum.tasks.notifications import DeliverNotice

from functions.insights.exports import generating
from functions.insights.exports.schemas import GenerateReport, ReportScheduleView, ReportsQuery, ReportView

MOST_SCHEDULES = 50
_HOUR = 6
"""At which hour (UTC) reports are written."""
NOTICE = "insights.report"


def following(every: str, moment: datetime) -> datetime:
    """Return when the next report is due after a moment: a day, Monday, or first of a month, at six (UTC)."""
    day = moment.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    while True:
        is_day = every == "day" or (every == "week" and day.weekday() == 0) or (every == "month" and day.day == 1)
        if is_day and day > moment:
            return day
        day += timedelta(days=1)


def start(caller: Principal, wanted: GenerateReport) -> ReportView:
    """Order a report now and, where that is wanted, again and again (2 requests and those of its figures)."""
    unit = Unit()
    schedule = _add(caller, wanted, unit)
    report, job = generating.order(caller.user_id, wanted, unit)
    unit.commit()
    return generating.view(report, job, schedule)


def _add(caller: Principal, wanted: GenerateReport, unit: Unit) -> ReportSchedule | None:
    """Add to a unit that a report comes again, where that is wanted (1 request); raises Conflict TOO_MANY_SCHEDULES."""
    if wanted.every is None:
        return None
    if len(find(ReportSchedule, limit=MOST_SCHEDULES).items) >= MOST_SCHEDULES:
        raise Conflict(f"A tenant has {MOST_SCHEDULES} repeated reports at most.", code="TOO_MANY_SCHEDULES")
    schedule = ReportSchedule(
        schedule_id=ids.new_id(),
        title=wanted.title or wanted.metric.title(),
        wanted=wanted.model_dump(mode="json"),
        every=wanted.every,
        requested_by=caller.user_id,
        next_at=following(wanted.every, clock.now()),
    )
    unit.create(schedule)
    after = {"metric": wanted.metric, "every": wanted.every}
    audits.note(unit, caller.user_id, None, "report.schedule", schedule.schedule_id, after=after)
    return schedule


def listed(query: ReportsQuery) -> Page[ReportScheduleView]:
    """Return a page of reports that come again, the newest first (1 request)."""
    found = find(ReportSchedule, limit=query.limit, after=query.start_key(), descending=True)
    return query.page(found, view)


def view(schedule: ReportSchedule) -> ReportScheduleView:
    """Show a report that comes again."""
    return ReportScheduleView.model_validate(
        {
            "schedule_id": schedule.schedule_id,
            "title": schedule.title,
            "metric": schedule.wanted["metric"],
            "format": schedule.wanted["file_format"],
            "every": schedule.every,
            "next_at": schedule.next_at,
            "requested_by": schedule.requested_by,
            "last_report_id": schedule.last_report_id,
        }
    )


def stop(caller: Principal, schedule_id: str) -> ReportScheduleView:
    """End that a report comes again (1 read, 1 transaction); raises NotFound."""
    schedule = ReportSchedule.require(schedule_id=schedule_id, consistent=True)
    unit = Unit().remove(schedule)
    audits.note(unit, caller.user_id, None, "report.unschedule", schedule_id)
    unit.commit()
    return view(schedule)


def write_due() -> None:
    """Start what is due, each once; a schedule goes with the right of whoever ordered it (2 requests and more each)."""
    now = clock.now()
    for schedule in find(ReportSchedule, limit=MOST_SCHEDULES).items:
        if schedule.next_at <= now:
            _write(schedule, now)


def _write(schedule: ReportSchedule, now: datetime) -> None:
    user = User.fetch(user_id=schedule.requested_by)
    unit = Unit()
    if user is None or user.status_at(now) != "active" or not _may_see(user):
        unit.remove(schedule)
    else:
        named = {**schedule.wanted, "format": schedule.wanted["file_format"]}
        del named["file_format"]
        wanted = GenerateReport.model_validate(named)
        report, _ = generating.order(str(schedule.requested_by), wanted, unit, is_mailed=True)
        schedule.last_report_id, schedule.next_at = report.report_id, following(str(schedule.every), now)
        unit.replace(schedule)
    try:
        unit.commit()
    except (ConditionFailed, Conflict):  # another run was first, or it was stopped
        return


def _may_see(user: User) -> bool:
    role = acting_role(Role(user.role), is_verified=bool(user.is_verified))
    known.of(context.tenant())
    return Permission.SEE_INSIGHTS in role_sets.granted(context.tenant(), role)


def tell(report_id: str, unit: Unit) -> None:
    """Add to a unit the mail that a report is there (1 request)."""
    report = GeneratedReport.fetch(report_id=report_id)
    if report is not None:
        data = {"reportId": report_id, "title": str(report.title)}
        send(unit, DeliverNotice(kind=NOTICE, user_ids=[str(report.requested_by)], data=data))
