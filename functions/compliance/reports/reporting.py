"""Reports on data protection: what people asked for and got, and what staff did with personal data of others."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.table import Unit, find, find_all
from lyceum.model.audit import AuditEvent, audit, first_id, last_id
from lyceum.model.compliance import Certification
from lyceum.model.users.privacy import PrivacyRequest

from functions.compliance.reports import retention
from functions.compliance.reports.schemas import (
    AccessFigures,
    CertificationView,
    ComplianceReport,
    NewCertification,
    ReportQuery,
    RequestFigures,
    RetentionRule,
    SubProcessorView,
)

_SPAN = timedelta(days=30)
_MOST_CERTIFICATIONS = 100
_MOST_EVENTS = 10_000
_PAGE = 1000
_OF_PEOPLE = ("user.", "consent.", "guardian.", "exam.", "assignment.", "data.")
"""Acts on what belongs to a person."""


def report(query: ReportQuery) -> ComplianceReport:
    """Report on a span of days; it reads the requests and the audit events of the span, a thousand a request."""
    until = query.until or clock.now().date()
    since = query.since or until - _SPAN
    first = datetime.combine(since, time(), UTC)
    last = datetime.combine(until, time(), UTC) + timedelta(days=1) - timedelta(milliseconds=1)
    if last < first:
        raise rule_violation("ENDS_BEFORE_IT_BEGINS", "The last day is before the first.")
    access, is_complete = _access(first, last)
    return ComplianceReport(
        since=since,
        until=until,
        requests=_requests(first, last),
        access=access,
        is_complete=is_complete,
        retention=[RetentionRule.model_validate(rule) for rule in retention.RETENTION],
        sub_processors=[SubProcessorView.model_validate(each) for each in retention.SUB_PROCESSORS],
        certifications=[_view(each) for each in find_all(Certification)],
    )


def _requests(first: datetime, last: datetime) -> list[RequestFigures]:
    asked = list(find_all(PrivacyRequest, index="gsi1", from_sort=first_id(first), to_sort=last_id(last)))
    figures = []
    for what in ("export", "erasure"):
        these = [each for each in asked if each.what == what]
        hours = [(each.finished_at - each.requested_at) / timedelta(hours=1) for each in these if each.finished_at]
        waiting = [each for each in these if each.finished_at is None]
        figures.append(
            RequestFigures(
                what=what,
                received=len(these),
                answered=len(hours),
                open=len(waiting),
                overdue=sum(each.answer_by < clock.now() for each in waiting),
                mean_hours=round(sum(hours) / len(hours), 2) if hours else None,
                most_hours=round(max(hours), 2) if hours else None,
            )
        )
    return figures


def _access(first: datetime, last: datetime) -> tuple[list[AccessFigures], bool]:
    counts: Counter[str] = Counter()
    actors: dict[str, set[str]] = defaultdict(set)
    after, seen = None, 0
    while seen < _MOST_EVENTS:
        found = find(
            AuditEvent, index="gsi2", limit=_PAGE, after=after, from_sort=first_id(first), to_sort=last_id(last)
        )
        for event in found.items:
            if event.action.startswith(_OF_PEOPLE) and event.actor_id != event.subject_id:
                counts[event.action] += 1
                actors[event.action].add(event.actor_id)
        seen, after = seen + len(found.items), found.last_key
        if after is None:
            break
    figures = [
        AccessFigures(action=action, count=count, actors=len(actors[action])) for action, count in counts.most_common()
    ]
    return figures, after is None


def certify(wanted: NewCertification) -> CertificationView:
    """Record a certification; raises RuleViolation when there are a hundred already."""
    if len(find(Certification, limit=_MOST_CERTIFICATIONS).items) >= _MOST_CERTIFICATIONS:
        raise rule_violation("TOO_MANY_CERTIFICATIONS", f"There are {_MOST_CERTIFICATIONS} certifications already.")
    values = wanted.model_dump(mode="json", exclude_none=True)
    made = Certification(certification_id=ids.new_id(), **values)
    act = audit("certification.record", made.certification_id, before={}, after=values)
    Unit().create(made).create(act).commit()
    return _view(made)


def _view(certification: Certification) -> CertificationView:
    ends = date.fromisoformat(certification.expires_on) if certification.expires_on else None
    begins = date.fromisoformat(certification.issued_on)
    today = clock.now().date()
    return CertificationView(
        certification_id=certification.certification_id,
        name=certification.name,
        issuer=certification.issuer,
        scope=certification.scope,
        reference=certification.reference,
        url=certification.url,
        issued_on=begins,
        expires_on=ends,
        is_valid=begins <= today and (ends is None or today <= ends),
        created_at=certification.created_at,
    )
