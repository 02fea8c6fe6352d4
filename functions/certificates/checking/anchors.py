"""Anchors: each day one root over what was issued, in the audit chain, so that nobody can date a certificate back.

A day's root is taken once: its hashes are kept first, then the root stands with its audit event, then each certificate
learns its way up. A run that stops goes on where it was; what became visible late is anchored with the next day.
"""

import json
from datetime import datetime, timedelta

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.audit import audit, last_id
from lyceum.model.certificates import Certificate, CertificateAnchor

from functions.certificates.checking import merkle

PREFIX = "derived/certificates/"
_SHARDS = "0123456789abcdef"
_SETTLES = timedelta(minutes=10)
_PAGE = 100


def anchor_day(day: datetime) -> CertificateAnchor | None:
    """Anchor what was issued until the end of a day, once it is over for ten minutes; None before, and for nothing."""
    ends = day + timedelta(days=1)
    if clock.now() < ends + _SETTLES:
        return None
    name = day.date().isoformat()
    known = CertificateAnchor.fetch(day=name, consistent=True) or _take(name, ends)
    if known is not None:
        _tell(known)
    return known


def _take(day: str, ends: datetime) -> CertificateAnchor | None:
    """Take the root of what waits; the audit event and the anchor are one transaction."""
    waiting = sorted(
        (str(each.document_hash), str(each.certificate_id))
        for shard in _SHARDS
        for each in _waiting(shard, ends - timedelta(milliseconds=1))
    )
    if not waiting:
        return None
    root = merkle.root(merkle.levels([digest for digest, _ in waiting]))
    anchor = CertificateAnchor(
        day=day, root=root, size=len(waiting), key=f"{PREFIX}{context.tenant()}/{day}/{root}.json"
    )
    clients.client("s3").put_object(
        Bucket=settings().bucket, Key=anchor.key, Body=json.dumps(waiting).encode(), ContentType="application/json"
    )
    event = audit("certificates.anchor", f"certificates-{day}", before={}, after={"root": root, "count": len(waiting)})
    anchor.audit_id = event.audit_id
    Unit().create(anchor).create(event).commit()
    return anchor


def _waiting(shard: str, until: datetime) -> list[Certificate]:
    after, found = None, []
    while True:
        page = find(Certificate, index="gsi2", shard=shard, to_sort=last_id(until), limit=_PAGE, after=after)
        found += page.items
        after = page.last_key
        if after is None:
            return found


def _tell(anchor: CertificateAnchor) -> None:
    """Give each certificate of an anchor its way up; those that have it already keep it."""
    body = clients.client("s3").get_object(Bucket=settings().bucket, Key=anchor.key)["Body"].read()
    listed: list[list[str]] = json.loads(body)
    tree = merkle.levels([digest for digest, _ in listed])
    for index, (_, certificate_id) in enumerate(listed):
        proof = {
            "day": anchor.day,
            "root": anchor.root,
            "count": int(anchor.size),
            "path": merkle.path(tree, index),
            "audit_id": anchor.audit_id,
        }
        _settle(certificate_id, proof)


def _settle(certificate_id: str, proof: dict[str, object]) -> None:
    named = Certificate.at(certificate_id=certificate_id)
    unit = Unit().change(
        named,
        Certificate.anchor.set(proof),
        Certificate.anchoring.set("done"),
        Certificate.gsi2pk.remove(),
        Certificate.gsi2sk.remove(),
        when=Certificate.anchoring == "waiting",
    )
    try:
        unit.commit()
    except ConditionFailed:
        return
