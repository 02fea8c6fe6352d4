"""Reports and moderation over HTTP."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.community.reports import moderation, reports
from functions.community.reports.schemas import (
    Appeal,
    AppealView,
    ChangeStatus,
    MakeReport,
    ModeratedReport,
    OwnReportsQuery,
    ReportQuery,
    ReportView,
    Resolve,
)

api = Api("community", recheck=recheck)
handler = api.handler


@api.post("/api/reports", access=USER, status=201, limit="30/hour", idempotent=True)
def report_item(caller: Caller, body: MakeReport) -> ReportView:
    """Report a question, an answer, a discussion, a message, a person or content."""
    return reports.make(caller, body)


@api.get("/api/reports", access=USER)
def list_own_reports(caller: Caller, query: Annotated[OwnReportsQuery, Query()]) -> Page[ReportView]:
    """List one's own reports, the latest first."""
    return query.page(reports.own(caller, query), reports.view)


@api.post("/api/reports/{reportId}/appeal", access=USER, limit="10/hour")
def submit_appeal(caller: Caller, report_id: str, body: Appeal) -> AppealView:
    """Appeal against what was done to something of one's own."""
    return reports.appeal(caller, report_id, body)


@api.get("/api/admin/reports", access=may(Permission.MODERATE))
def list_reports(query: Annotated[ReportQuery, Query()]) -> Page[ModeratedReport]:
    """List reports, the most urgent first."""
    return query.page(moderation.listed(query), moderation.view)


@api.patch("/api/admin/reports/{reportId}/status", access=may(Permission.MODERATE))
def change_report_status(caller: Caller, report_id: str, body: ChangeStatus) -> ModeratedReport:
    """Bring a report to another state, or give it to a moderator."""
    return moderation.change_status(caller, report_id, body)


@api.post("/api/admin/reports/{reportId}/resolve", access=may(Permission.MODERATE))
def end_report(caller: Caller, report_id: str, body: Resolve) -> ModeratedReport:
    """Resolve a report; who reported is told."""
    return moderation.resolve(caller, report_id, body)


@api.delete("/api/admin/reports/{reportId}", access=may(Permission.MODERATE))
def remove_report(caller: Caller, report_id: str) -> Removed:
    """Remove a report that is spam."""
    moderation.remove(caller, report_id)
    return Removed(id=report_id)
