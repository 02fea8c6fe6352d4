"""Linking of audit events into the chain of their day, and the signed root of each day that is over.

An event is linked once it is a few seconds old. Who links first moves the day's head on in the same transaction, so
two that link at once do not fork the chain. Events are committed a moment after their ids are made, and an index shows
them a moment later still: each run looks back for any that is not linked yet, and so does the signing of the root.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import signing
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.audit import AuditEvent, AuditHead, AuditLink, AuditRoot, day_of, first_id, hash_of, last_id

SETTLES = timedelta(seconds=5)
"""The age from which an event is linked: those before it are visible by then."""
LOOKS_BACK = timedelta(minutes=5)
"""How late an event may become visible and still be linked by the next run."""
SEALED_AFTER = timedelta(minutes=15)
"""From the end of a day to the signing of its root."""
PREFIX = "audit/"
KIND = "lyceum-audit-root+jwt"
KEPT = timedelta(days=10 * 365)
"""For how long nobody can remove a root from the production bucket."""
_TOGETHER = 45
logger = Logger()


def link_span(since: datetime, until: datetime) -> int:
    """Link the events of a span of time that are in no chain yet."""
    count = 0
    for day, events in groupby(_events(since, until), key=lambda event: day_of(event.audit_id)):
        waiting = list(events)
        for start in range(0, len(waiting), _TOGETHER):
            count += retry_on_conflict(partial(_link, day, waiting[start : start + _TOGETHER]))
    return count


def _events(since: datetime, until: datetime) -> Iterator[AuditEvent]:
    after = None
    while True:
        found = find(AuditEvent, index="gsi2", from_sort=first_id(since), to_sort=last_id(until), after=after)
        yield from found.items
        after = found.last_key
        if after is None:
            return


def _linked(day: str, first: str, last: str) -> Iterator[str]:
    after = None
    while True:
        found = find(AuditLink, day=day, from_sort=first, to_sort=last, after=after, consistent=True)
        yield from (link.audit_id for link in found.items)
        after = found.last_key
        if after is None:
            return


def _link(day: str, events: Sequence[AuditEvent]) -> int:
    """Append those that are in no chain yet to a day's in one transaction, and return how many they were.

    Raises Conflict when somebody else appended meanwhile.
    """
    linked = set(_linked(day, events[0].audit_id, events[-1].audit_id))
    missing = [event for event in events if event.audit_id not in linked]
    if not missing:
        return 0
    head = AuditHead.fetch(day=day, consistent=True) or AuditHead(day=day, length=0, hash=start_of(day))
    unit = Unit()
    for event in missing:
        link = link_of(event, day, int(head.length) + 1, head.hash)
        unit.create(link, refuse=Conflict("The chain was changed meanwhile.", code="EDIT_CONFLICT"))
        head.length, head.hash = link.place, link.hash
    unit.save(head).commit()
    return len(missing)


def link_of(event: AuditEvent, day: str, place: int, previous: str) -> AuditLink:
    """Make the link of an event behind the one that has the hash `previous`."""
    link = AuditLink(
        day=day,
        audit_id=event.audit_id,
        subject_id=event.subject_id,
        action=event.action,
        place=place,
        facts=event.hash_of_facts(),
        details=event.hash_of_details(),
        previous=previous,
    )
    link.hash = link.reckon()
    return link


def start_of(day: str) -> str:
    """Return the hash before the first link of a day."""
    return hash_of([context.tenant(), day])


def seal(day: datetime) -> AuditRoot | None:
    """Sign the root of a day and keep it in the bucket, once it is over for a while; None before that.

    A root names the root of the day before, so no day can be left out. Done again it changes nothing. Of two that sign
    at once the first to be stored is the root, and it is what the bucket keeps.
    """
    if clock.now() < day + timedelta(days=1) + SEALED_AFTER:
        return None
    name = day.date().isoformat()
    known = AuditRoot.fetch(day=name, consistent=True)
    if known is not None:
        return known
    link_span(day, day + timedelta(days=1) - timedelta(milliseconds=1))
    head = AuditHead.fetch(day=name, consistent=True)
    before = AuditRoot.fetch(day=(day - timedelta(days=1)).date().isoformat(), consistent=True)
    root = AuditRoot(
        day=name,
        length=int(head.length) if head else 0,
        hash=head.hash if head else start_of(name),
        previous=before.root if before else None,
        key=key_of(name),
        sealed_at=clock.now(),
    )
    root.root = hash_of([context.tenant(), name, int(root.length), root.hash, root.previous])
    _keep(root)
    try:
        Unit().create(root).commit()
    except Conflict:
        root = AuditRoot.require(day=name, consistent=True)
        _keep(root)
    logger.info("audit root signed", extra={"day": name, "links": int(root.length)})
    return root


def key_of(day: str) -> str:
    """Return where the signed root of a day is kept."""
    return f"{PREFIX}{context.tenant()}/{day}.jwt"


def claims_of(root: AuditRoot) -> dict[str, object]:
    """Return what is signed of a day."""
    return {
        "tenant": context.tenant(),
        "day": root.day,
        "length": int(root.length),
        "hash": root.hash,
        "previous": root.previous,
        "root": root.root,
    }


def _keep(root: AuditRoot) -> None:
    form: dict[str, object] = {"ContentType": "application/jose"}
    if settings().stage == "prod":
        form |= {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": clock.now().astimezone(UTC) + KEPT}
    statement = signing.sign(claims_of(root), KIND)
    clients.client("s3").put_object(Bucket=settings().bucket, Key=root.key, Body=statement.encode(), **form)
