"""What follows from reports: priorities rise with their number, things are held, and moderators are told."""

from lyceum.events.community import ReportDecided, ReportMade
from lyceum.kit import clock, ids, metrics
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.community.reports import OpenReport, Report
from lyceum.model.users.account import User
from lyceum.tasks.notifications import DeliverNotice

from functions.community.reports import items, rules

_TOGETHER = 40
_ROLES = ("moderator", "admin", "super_admin")
_REPORTED = ("REPORTED", "Several people reported this; a moderator looks at it.")


def weigh(event: ReportMade, unit: Unit) -> None:
    """Raise the priority of all open reports of a thing, hold it when they are enough, and raise the alarm for safety.

    3 storage requests, and 3 more to tell the moderators of a safeguarding report.
    """
    key = items.key_of(event.item_type, event.item_id)
    still_open = find(OpenReport, item_key=key, limit=_TOGETHER, consistent=True).items
    found = batch_fetch([Report.at(report_id=each.report_id) for each in still_open]) if still_open else []
    for report in found:
        if isinstance(report, Report) and report.phase == "open":
            report.rank = rules.GREATEST - rules.priority(report.type, len(still_open))
            unit.amend(report, "rank", when=Report.phase == "open")
    name = items.named(event.item_type, event.item_id, event.within)
    if name is not None and rules.is_held_after(event.item_type, event.queue, len(still_open)):
        items.hold(unit, name, *_REPORTED)
    if event.queue == rules.SAFEGUARDING:
        metrics.count("SafeguardingReports")
        tell_moderators(unit, event.event_id, "report.safeguarding", {"reportId": event.report_id, "type": event.type})


def tell_moderators(unit: Unit, cause: str, kind: str, data: dict[str, str], of_id: str | None = None) -> None:
    """Add to a unit a notice to everybody who moderates, up to a hundred of each role (3 requests).

    `of_id`: whose words it carries, with whom it goes.
    """
    for role in _ROLES:
        people = [each.user_id for each in find(User, index="gsi2", role=role, limit=100).items]
        if people:
            name = ids.derived_id(clock.now(), cause, kind, role)
            send(unit, DeliverNotice(event_id=name, kind=kind, user_ids=people, data=data, of_id=of_id))


def close_others(event: ReportDecided, unit: Unit) -> None:
    """Decide all other open reports of a thing as the first one was; each who reported is told."""
    if event.is_appeal or event.is_copy:
        return
    decided = Report.fetch(report_id=event.report_id, consistent=True)
    if decided is None or decided.phase != "closed":
        return
    key = items.key_of(decided.item_type, decided.item_id)
    still_open = find(OpenReport, item_key=key, limit=_TOGETHER, consistent=True).items
    found = batch_fetch([Report.at(report_id=each.report_id) for each in still_open]) if still_open else []
    for row, report in zip(still_open, found, strict=True):
        if not isinstance(report, Report) or report.phase != "open" or report.queue != decided.queue:
            continue
        step = {
            "at": clock.iso(clock.now()),
            "by": decided.decided_by,
            "from_status": report.status,
            "to_status": decided.status,
            "reason": f"decided with {decided.report_id}",
        }
        report.history = [*report.history, step]
        report.status, report.phase, report.resolution = decided.status, "closed", decided.resolution
        report.decided_by, report.decided_at = decided.decided_by, decided.decided_at
        report.action = "none"
        copy = ReportDecided(
            report_id=report.report_id,
            reporter_id=report.reporter_id,
            item_type=report.item_type,
            status=decided.status,
            action="none",
            is_copy=True,
        )
        unit.replace(report, copy)
        unit.remove(row)
