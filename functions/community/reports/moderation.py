"""Reports as moderators deal with them: queues, states, decisions, and what follows for the thing itself.

States lead from pending to investigating, resolved or dismissed, from investigating to each of the others, and from an
end back to investigating. Every step is kept with who, when and why. Nobody decides about what is their own, and an
appeal is decided by somebody else than the decision that it is against.
"""

from functools import reduce
from operator import and_

from lyceum.events.community import ReportDecided
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Forbidden, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Permission, Principal, Role
from lyceum.kit.identity.permissions import GRANTED
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.audit import audit
from lyceum.model.community.reports import OpenReport, Report
from lyceum.model.users.account import User

from functions.community.reports import items, rules
from functions.community.reports.schemas import (
    AppealView,
    ChangeStatus,
    ModeratedReport,
    ReportQuery,
    ReportView,
    Resolve,
    Step,
)

_NEXT = {
    "pending": {"investigating", "resolved", "dismissed"},
    "investigating": {"pending", "resolved", "dismissed"},
    "resolved": {"investigating"},
    "dismissed": {"investigating"},
}
_ENDS = frozenset({"resolved", "dismissed"})
_REMOVED = ("REMOVED_BY_MODERATOR", "A moderator took this out of sight.")


def listed(query: ReportQuery) -> Slice[Report]:
    """Return a page of reports, the most urgent first (1 request, up to 3 where few match)."""
    tests = [
        getattr(Report, name) == value
        for name in ("status", "type", "item_type", "assigned_to")
        if (value := getattr(query, name)) is not None
    ]
    return find(
        Report,
        index="gsi1",
        queue=query.queue,
        phase="closed" if query.status in _ENDS else "open",
        limit=query.limit,
        after=query.start_key(),
        where=reduce(and_, tests) if tests else None,
    )


def change_status(caller: Principal, report_id: str, wanted: ChangeStatus) -> ModeratedReport:
    """Bring a report to another state, or give it to a moderator (1 request, one more for whom, and a transaction).

    Raises NotFound, Conflict for a step that there is not, ValidationFailed for an end without a reason, RuleViolation
    NOT_A_MODERATOR.
    """
    report = _decidable(caller, report_id, ends=wanted.status in _ENDS)
    if wanted.assigned_to not in {None, caller.user_id}:
        _check_assignee(report, str(wanted.assigned_to))
    if wanted.status in _ENDS and wanted.reason is None:
        raise ValidationFailed("Say why: `reason`.")
    unit, before = Unit(), _stand(report)
    if wanted.status in _ENDS:
        _end(caller, report, wanted.status, wanted.reason or "", "none", unit)
    elif wanted.status != report.status or wanted.assigned_to is None:
        _step(caller, report, wanted.status, wanted.reason)
        report.phase, report.assigned_to = "open", wanted.assigned_to or caller.user_id
        unit.replace(report).create(audit("report.step", report_id, before=before, after=_stand(report)))
    else:
        report.assigned_to = wanted.assigned_to
        unit.replace(report).create(audit("report.assign", report_id, before=before, after=_stand(report)))
    unit.commit()
    return view(report)


def _stand(report: Report) -> dict[str, str | None]:
    return {"status": report.status, "assignedTo": report.assigned_to}


def _check_assignee(report: Report, user_id: str) -> None:
    """Refuse to give a report to somebody who may not decide it; it tells what one person said of another."""
    user = User.fetch(user_id=user_id)
    may_decide = user is not None and user.status == "active" and Permission.MODERATE in GRANTED[Role(user.role)]
    if not may_decide or user_id == report.author_id:
        raise rule_violation("NOT_A_MODERATOR", "This is nobody who may decide this report.", field="assignedTo")


def resolve(caller: Principal, report_id: str, wanted: Resolve) -> ModeratedReport:
    """Resolve a report with what was found and done (2 requests and a transaction).

    Raises NotFound, Conflict for one that is closed, RuleViolation for an action that the thing does not take.
    """
    report = _decidable(caller, report_id, ends=True)
    if report.status in _ENDS:
        raise _no_step(report, "resolved")
    if wanted.action in {"remove", "restore"} and report.item_type not in items.HOLDABLE:
        raise rule_violation("ACTION_NOT_POSSIBLE", "This is removed by its own routes, not by a report.")
    unit = Unit()
    _end(caller, report, "resolved", wanted.resolution, wanted.action, unit)
    unit.commit()
    return view(report)


def _decidable(caller: Principal, report_id: str, *, ends: bool) -> Report:
    report = Report.require(report_id=report_id, consistent=True)
    if ends and report.author_id == caller.user_id:
        raise Forbidden("This is about you. Somebody else decides.", code="OWN_ITEM")
    if ends and report.appeal and report.appeal["state"] == "open" and report.decided_by == caller.user_id:
        raise Forbidden("You decided before. Somebody else looks at the appeal.", code="DECIDED_BEFORE")
    return report


def _no_step(report: Report, status: str) -> Conflict:
    return Conflict(f"A report that is {report.status} does not become {status}.", code="NO_SUCH_STEP")


def _step(caller: Principal, report: Report, status: str, reason: str | None) -> None:
    if status not in _NEXT[report.status]:
        raise _no_step(report, status)
    step = {"at": clock.iso(clock.now()), "by": caller.user_id, "from_status": report.status, "to_status": status}
    report.history = [*report.history, {**step, "reason": reason}]
    report.status = status


def _end(caller: Principal, report: Report, status: str, resolution: str, action: str, unit: Unit) -> None:
    """Close a report: what it held is shown again or stays out of sight, who reported and the author are told."""
    is_appeal = bool(report.appeal) and report.appeal["state"] == "open"
    before = report.status
    _step(caller, report, status, resolution)
    report.phase, report.resolution, report.action = "closed", resolution, action
    report.decided_by, report.decided_at = caller.user_id, clock.now()
    report.assigned_to = report.assigned_to or caller.user_id
    is_granted = is_appeal and (status == "dismissed" or action == "restore")
    if is_appeal:
        report.appeal = {**report.appeal, "state": "granted" if is_granted else "refused"}
    name = items.named(report.item_type, report.item_id, report.within)
    if name is not None and action == "remove":
        items.hold(unit, name, *_REMOVED)
    elif name is not None and (is_granted or (not is_appeal and action != "warn")):
        items.release(unit, name)
    is_told = is_appeal or action in {"remove", "warn"}
    decided = ReportDecided(
        report_id=report.report_id,
        reporter_id=None if is_appeal else report.reporter_id,
        author_id=report.author_id if is_told else None,
        item_type=report.item_type,
        status=status,
        action=action,
        is_appeal=is_appeal,
        appeal_state=report.appeal["state"] if is_appeal else None,
    )
    unit.replace(report, decided)
    if report.reporter_id is not None:
        key = items.key_of(report.item_type, report.item_id)
        unit.remove(OpenReport.at(item_key=key, reporter_id=report.reporter_id))
    after = {"status": status, "action": action}
    unit.create(audit("report.decide", report.report_id, before={"status": before}, after=after))


def remove(caller: Principal, report_id: str) -> None:
    """Remove a report that is spam, audited (1 request and a transaction); raises NotFound, Conflict for a decided one.

    A safeguarding report is never removed, only decided.
    """
    report = _decidable(caller, report_id, ends=True)
    if report.queue == rules.SAFEGUARDING:
        raise Conflict("A safeguarding report is decided, and stays.", code="SAFEGUARDING_STAYS")
    if report.decided_at is not None:
        raise Conflict("This report was decided, and stays as a record.", code="REPORT_DECIDED")
    missing = NotFound("There is no such report.")
    unit = Unit().remove(report, when=Report.version == report.version, refuse=missing)
    if report.reporter_id is not None:
        key = items.key_of(report.item_type, report.item_id)
        unit.remove(OpenReport.at(item_key=key, reporter_id=report.reporter_id))
    before = {"itemType": report.item_type, "itemId": report.item_id, "type": report.type}
    unit.create(audit("report.remove", report_id, before=before, after={})).commit()


def view(report: Report) -> ModeratedReport:
    """Show a report to moderators."""
    names = ("within", "reporter_id", "author_id", "excerpt", "found", "evidence_ids", "queue", "assigned_to", "action")
    appeal = AppealView(report_id=report.report_id, **report.appeal) if report.appeal else None
    return ModeratedReport(
        **ReportView.model_validate(report).model_dump(),
        **{name: getattr(report, name) for name in names},
        decided_by=report.decided_by,
        priority=rules.GREATEST - int(report.rank),
        history=[Step.model_validate(each) for each in report.history],
        appeal=appeal,
        version=int(report.version),
    )
