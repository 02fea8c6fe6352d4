"""Checks the chain of a day: each event is what was linked, each link is there, and the root is what was signed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import signing
from lyceum.kit.settings import settings
from lyceum.kit.table import batch_fetch, find
from lyceum.model.audit import AuditEvent, AuditHead, AuditLink, AuditRoot, first_id, hash_of, last_id
from lyceum.model.users.erasure import ErasureReceipt

from functions.compliance.audit import chain
from functions.compliance.audit.schemas import Finding, FindingKind, Verification

LINKED_WITHIN = timedelta(minutes=2)
MOST_ASKED = 5_000
"""Events of a day that one request checks; `make verify-audit` checks any number."""
_MOST_TOLD = 1000


def verify(day: date | None, most: int | None = MOST_ASKED) -> Verification:
    """Check the chain of a day, today's up to now; raises RuleViolation for a day to come or with too many events."""
    today = clock.now().date()
    day = day or today
    if day > today:
        raise rule_violation("DAY_TO_COME", "This day is still to come.")
    begin = datetime.combine(day, time(), UTC)
    end = begin + timedelta(days=1) - timedelta(milliseconds=1)
    events = {event.audit_id: event for event in _bounded(_events(begin, end), most)}
    links = sorted(_bounded(_links(day.isoformat()), most), key=lambda link: int(link.place))
    root = AuditRoot.fetch(day=day.isoformat(), consistent=True)
    findings = [*_events_against_links(events, links), *_links_in_order(day.isoformat(), links)]
    last = links[-1].hash if links else chain.start_of(day.isoformat())
    findings += [*_head(day.isoformat(), links, last), *_root(day, root, len(links), last)]
    return Verification(
        day=day,
        is_intact=not findings,
        events=len(events),
        links=len(links),
        hash=last,
        is_sealed=root is not None,
        findings=findings[:_MOST_TOLD],
    )


def _bounded(items: Iterator, most: int | None) -> Iterator:  # type: ignore[type-arg]
    for count, item in enumerate(items, start=1):
        if most is not None and count > most:
            raise rule_violation("DAY_TOO_LARGE", f"This day has more than {most} events: run make verify-audit.")
        yield item


def _events(begin: datetime, end: datetime) -> Iterator[AuditEvent]:
    after = None
    while True:
        found = find(AuditEvent, index="gsi2", limit=1000, from_sort=first_id(begin), to_sort=last_id(end), after=after)
        yield from found.items
        after = found.last_key
        if after is None:
            return


def _links(day: str) -> Iterator[AuditLink]:
    after = None
    while True:
        found = find(AuditLink, day=day, limit=1000, after=after, consistent=True)
        yield from found.items
        after = found.last_key
        if after is None:
            return


def _events_against_links(events: dict[str, AuditEvent], links: list[AuditLink]) -> Iterator[Finding]:
    chained = {link.audit_id: link for link in links}
    emptied = []
    for audit_id, link in chained.items():
        event = events.get(audit_id)
        if event is None:
            yield _finding("deleted", audit_id)
        elif not _is_genuine(event, link):
            yield _finding("edited", audit_id)
        elif event.is_erased and link.details is not None:
            emptied.append(event)
    erased = _erased({event.subject_id for event in emptied})
    for event in emptied:
        if event.subject_id not in erased or event.before or event.after or event.reason:
            yield _finding("details_missing", event.audit_id)
    due = first_id(clock.now() - LINKED_WITHIN)
    for audit_id in events:
        if audit_id not in chained and audit_id < due:
            yield _finding("not_linked", audit_id)


def _is_genuine(event: AuditEvent, link: AuditLink) -> bool:
    told = event.hash_of_facts() == link.facts and event.action == link.action and event.subject_id == link.subject_id
    return told and (event.is_erased or event.hash_of_details() == link.details) and _is_in_place(event)


def _is_in_place(item: AuditEvent | AuditLink) -> bool:
    """Say whether an item's keys are those that its attributes give: else a filter would not find what is there."""
    names = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    stored = [getattr(item, name) for name in names]
    item.fill_keys()
    return stored == [getattr(item, name) for name in names]


def _erased(subject_ids: set[str]) -> set[str]:
    """Return which of these an erasure was begun for: it alone may empty events."""
    found = batch_fetch([ErasureReceipt.at(user_id=each) for each in sorted(subject_ids)])
    return {receipt.user_id for receipt in found if isinstance(receipt, ErasureReceipt)}


def _links_in_order(day: str, links: list[AuditLink]) -> Iterator[Finding]:
    previous, expected = chain.start_of(day), 1
    for link in links:
        if int(link.place) != expected:
            yield _finding("link_missing", link.audit_id)
        elif link.previous != previous or link.hash != link.reckon() or not _is_in_place(link):
            yield _finding("link_edited", link.audit_id)
        previous, expected = link.hash, int(link.place) + 1


def _head(day: str, links: list[AuditLink], last: str) -> Iterator[Finding]:
    head = AuditHead.fetch(day=day, consistent=True)
    count, found = (int(head.length), head.hash) if head else (0, chain.start_of(day))
    if (count, found) != (len(links), last):
        yield _finding("head_differs")


def _root(day: date, root: AuditRoot | None, count: int, last: str) -> Iterator[Finding]:
    sealed_from = datetime.combine(day, time(), UTC) + timedelta(days=1) + chain.SEALED_AFTER + timedelta(hours=2)
    statement = _statement(day.isoformat())
    if root is None or statement is None:
        was_due = clock.now() > sealed_from and (count or statement is not None)
        if was_due or (root is None) != (statement is None):
            yield _finding("root_missing")
        return
    try:
        signed = signing.read(statement, chain.KIND)
    except signing.BrokenSignature:
        yield _finding("signature_broken")
        return
    whole = hash_of([signed.get("tenant"), signed.get("day"), count, last, signed.get("previous")])
    if signed != chain.claims_of(root) or signed["day"] != day.isoformat() or whole != signed["root"]:
        yield _finding("root_differs")
        return
    before = AuditRoot.fetch(day=(day - timedelta(days=1)).isoformat(), consistent=True)
    if root.previous is not None and (before is None or before.root != root.previous):
        yield _finding("root_missing")


def _statement(day: str) -> str | None:
    storage = clients.client("s3")
    try:
        answer = storage.get_object(Bucket=settings().bucket, Key=chain.key_of(day))
    except storage.exceptions.NoSuchKey:
        return None
    body: bytes = answer["Body"].read()
    return body.decode()


def _finding(kind: FindingKind, audit_id: str | None = None) -> Finding:
    return Finding(kind=kind, audit_id=audit_id)
