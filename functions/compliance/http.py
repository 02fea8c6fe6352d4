"""What can be proven, over HTTP."""

from typing import Annotated

from lyceum.kit.http import Api, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.compliance.audit import audit_log, verification
from functions.compliance.audit.schemas import AuditEventView, AuditQuery, Verification, VerifyQuery
from functions.compliance.checks import data_check
from functions.compliance.checks.schemas import DataCheck, DataCheckQuery
from functions.compliance.reports import reporting
from functions.compliance.reports.schemas import CertificationView, ComplianceReport, NewCertification, ReportQuery

api = Api("compliance", recheck=recheck)
handler = api.handler


@api.get("/api/admin/audit-logs", access=may(Permission.READ_AUDIT))
def list_audit_events(query: Annotated[AuditQuery, Query()]) -> Page[AuditEventView]:
    """List what was done, by whom, to whom and when, the newest first."""
    return query.page(audit_log.page(query), audit_log.view)


api.alias("GET", "/api/audit-logs", of="/api/admin/audit-logs")
api.alias("GET", "/api/admin/audit-log", of="/api/admin/audit-logs")


@api.get("/api/admin/audit-logs/verify", access=may(Permission.READ_AUDIT), limit="60/hour")
def verify_audit_log(query: Annotated[VerifyQuery, Query()]) -> Verification:
    """Verify the chain of a day: whether an event was edited, deleted or put into another order."""
    return verification.verify(query.day)


@api.get("/api/admin/data-check", access=may(Permission.MANAGE_COMPLIANCE), limit="120/hour")
def check_data(query: Annotated[DataCheckQuery, Query()]) -> DataCheck:
    """Check whether counters and indexes say what they must, of a page of courses or of all accounts."""
    return data_check.run(query)


@api.get("/api/admin/compliance/reports", access=may(Permission.MANAGE_COMPLIANCE), limit="60/hour")
def show_compliance_report(query: Annotated[ReportQuery, Query()]) -> ComplianceReport:
    """Show how data protection was kept in a span of days: requests, access, retention, sub-processors."""
    return reporting.report(query)


@api.post("/api/admin/compliance/certifications", access=may(Permission.MANAGE_COMPLIANCE), status=201, idempotent=True)
def add_certification(body: NewCertification) -> CertificationView:
    """Record a certification that the organisation holds."""
    return reporting.certify(body)
