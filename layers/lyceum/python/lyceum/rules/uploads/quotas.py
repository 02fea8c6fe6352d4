"""How much a user and a tenant may send: files and bytes, a day and in all. Each slot is counted before it is opened.

What is counted in all comes back when a file is removed or never arrives; the day's count does not. Everybody's files
are counted for the tenant, so that count is kept in sixteen parts, each with its share: by the upload's id, which is
random enough. A tenant is refused when the part of a file is full, which is close to where all of them are.
"""

import zlib
from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import DomainError, RateLimited, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload, UploadUsage

_MEBIBYTE = 1024 * 1024
_GIBIBYTE = 1024 * _MEBIBYTE
_PARTS = 16
_IN_ALL = "all"
_DAY_KEPT = timedelta(days=2)


@frozen
class Quota:
    """The most files and bytes that are counted together."""

    files: int
    size_bytes: int


_DAILY = Quota(100, 500 * _MEBIBYTE)
_DAILY_OF_AUTHORS = Quota(500, 20_000 * _MEBIBYTE)
_ALL = Quota(2_000, 5_000 * _MEBIBYTE)
_ALL_OF_AUTHORS = Quota(50_000, 500_000 * _MEBIBYTE)
_FILES_FOR_A_GIBIBYTE = 1000
"""Of a tenant, whose quotas are told in gibibytes."""


def count(unit: Unit, caller: Principal, upload_id: str, size_bytes: int) -> None:
    """Count a file against the quotas of its sender and of the tenant, in the transaction that opens its slot.

    It fails with RateLimited for the day's, and with RuleViolation QUOTA_REACHED or TENANT_QUOTA_REACHED for the one in
    all.
    """
    is_author = caller.may(Permission.WRITE_COURSES)
    now = clock.now()
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    day = UploadUsage.at(owner_id=caller.user_id, span=clock.iso(now)[:10])
    _add(
        unit,
        day,
        size_bytes,
        _DAILY_OF_AUTHORS if is_author else _DAILY,
        RateLimited("Enough files for today.", retry_after_seconds=int((tomorrow - now).total_seconds())),
        ttl=int((now + _DAY_KEPT).timestamp()),
    )
    everything = UploadUsage.at(owner_id=caller.user_id, span=_IN_ALL)
    full = rule_violation("QUOTA_REACHED", "There is no room for this file. Remove files that are not needed.")
    _add(unit, everything, size_bytes, _ALL_OF_AUTHORS if is_author else _ALL, full)
    _count_for_tenant(unit, upload_id, size_bytes)


def _count_for_tenant(unit: Unit, upload_id: str, size_bytes: int) -> None:
    now, part = clock.now(), _part_of(upload_id)
    kept = int((now + _DAY_KEPT).timestamp())
    enough = RateLimited("Enough files for today, of everybody here together.", retry_after_seconds=3600)
    day = UploadUsage.at(owner_id=part, span=clock.iso(now)[:10])
    _add(unit, day, size_bytes, _share(limits.value("uploads_daily_gib")), enough, ttl=kept)
    full = rule_violation("TENANT_QUOTA_REACHED", "There is no room for files here any more. Tell an administrator.")
    _add(unit, UploadUsage.at(owner_id=part, span=_IN_ALL), size_bytes, _share(limits.value("uploads_gib")), full)


def _part_of(upload_id: str) -> str:
    """Name the part of the tenant's count that a file belongs to."""
    return f"tenant-{zlib.crc32(upload_id.encode()) % _PARTS}"


def _share(gibibytes: int) -> Quota:
    return Quota(gibibytes * _FILES_FOR_A_GIBIBYTE // _PARTS, gibibytes * _GIBIBYTE // _PARTS)


def _add(
    unit: Unit, usage: UploadUsage, size_bytes: int, most: Quota, refuse: DomainError, ttl: int | None = None
) -> None:
    has_room = UploadUsage.pk.does_not_exist() | (
        (UploadUsage.files < most.files) & (UploadUsage.size_bytes <= most.size_bytes - size_bytes)
    )
    actions = [
        UploadUsage.files.add(1),
        UploadUsage.size_bytes.add(size_bytes),
        UploadUsage.owner_id.set(usage.owner_id),
        UploadUsage.span.set(usage.span),
    ]
    actions += [UploadUsage.ttl.set(ttl)] if ttl is not None else []
    unit.change(usage, *actions, when=has_room, refuse=refuse, or_create=True)


def give_back(unit: Unit, upload: Upload) -> None:
    """Count a file in all no more, in the transaction that ends it; one from before there were counts is none."""
    if upload.is_counted:
        for owner_id in (upload.owner_id, _part_of(upload.upload_id)):
            usage = UploadUsage.at(owner_id=owner_id, span=_IN_ALL)
            less = UploadUsage.files.add(-1), UploadUsage.size_bytes.add(-int(upload.size_bytes))
            unit.change(usage, *less, or_create=True)
