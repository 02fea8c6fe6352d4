"""Reports by those who make them, and appeals by those who are reported."""

from datetime import timedelta

from lyceum.events.community import ReportMade
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.community.reports import OpenReport, Report

from functions.community.reports import items, rules
from functions.community.reports.schemas import Appeal, AppealView, MakeReport, OwnReportsQuery, ReportView
from functions.community.writing import pictures

_APPEAL_WITHIN = timedelta(days=30)


def make(caller: Principal, wanted: MakeReport) -> ReportView:
    """Report something that the caller sees (1 to 3 requests and a transaction).

    Raises NotFound for what they do not see, RuleViolation for their own, Conflict while a report of theirs is open.
    """
    item = items.find_item(caller, wanted.item_type, wanted.item_id, wanted.within)
    if item.author_id == caller.user_id:
        raise rule_violation("OWN_ITEM", "This is your own.", field="itemId")
    pictures.require(caller, wanted.evidence_ids, "evidenceIds")
    queue = rules.queue_of(wanted.type)
    report = Report(
        report_id=ids.new_id(),
        reporter_id=caller.user_id,
        author_id=item.author_id,
        excerpt=item.excerpt,
        queue=queue,
        rank=rules.GREATEST - rules.priority(wanted.type, 1),
        within=items.place_of(caller, wanted.item_type, wanted.within),
        **wanted.model_dump(exclude={"within"}),
    )
    names = ("report_id", "queue", "item_type", "item_id", "within", "type")
    told = ReportMade.model_validate({name: getattr(report, name) for name in names})
    still_open = OpenReport(
        item_key=items.key_of(wanted.item_type, wanted.item_id),
        reporter_id=caller.user_id,
        report_id=report.report_id,
    )
    again = Conflict("Your report of this is being looked at.", code="REPORTED_ALREADY")
    Unit().create(report, told).create(still_open, refuse=again).commit()
    return view(report)


def own(caller: Principal, query: OwnReportsQuery) -> Slice[Report]:
    """Return a page of the caller's own reports, the latest first (1 request)."""
    return find(
        Report,
        index="gsi2",
        reporter_id=caller.user_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
    )


def appeal(caller: Principal, report_id: str, wanted: Appeal) -> AppealView:
    """Appeal once, within 30 days, against what was done to something of the caller's (1 request, 1 write).

    The report is open again, for a moderator other than who decided. Raises NotFound for others, Conflict for what can
    not be appealed any more.
    """
    report = Report.fetch(report_id=report_id, consistent=True)
    if report is None or report.author_id != caller.user_id or report.action not in {"remove", "warn"}:
        raise NotFound("There is no such decision.")
    now = clock.now()
    if report.appeal is not None:
        raise Conflict("This was appealed already.", code="APPEALED_ALREADY")
    if report.status != "resolved" or report.decided_at is None or report.decided_at + _APPEAL_WITHIN < now:
        raise Conflict("This can not be appealed now.", code="NOT_APPEALABLE")
    report.appeal = {"text": wanted.text, "at": clock.iso(now), "state": "open"}
    step = {"at": clock.iso(now), "by": caller.user_id, "from_status": report.status, "to_status": "investigating"}
    report.history = [*report.history, {**step, "reason": "appeal"}]
    report.status, report.phase, report.assigned_to = "investigating", "open", None
    report.rank = rules.GREATEST - rules.priority(report.type, 1, is_appeal=True)
    Unit().replace(report).commit()
    return AppealView(report_id=report_id, text=wanted.text, at=now, state="open")


def view(report: Report) -> ReportView:
    """Show a report to who made it."""
    return ReportView.model_validate(report)
