"""Packing an organisation: parts of items, lists of files, and a manifest that is signed last.

A capsule is a folder of the bucket: `items-00000.jsonl.gz`, `files-00000.json`, `files/...` and `manifest.jws`. The
manifest names each part with its SHA-256, and lists of files name each file with its own, so one signature covers all.
Two capsules of equal contents have one digest.
"""

import gzip
import hashlib
import json
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.configuration.records import FeatureFlag, Organization, RoleSet, SettingValues
from lyceum.kit.identity import Principal, signing
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.table import Unit
from lyceum.kit.table.whole_tenants import look_through
from lyceum.model.audit import audit
from lyceum.model.organizations import Capsule
from lyceum.tasks.organizations import ExportOrganization

from functions.organizations import reach
from functions.organizations.moving import contents, files

__all__ = ["FeatureFlag", "RoleSet", "SettingValues"]
KIND = "organization-capsule"
FORMAT = 2
MANIFEST = "manifest.jws"
SETTINGS = ("branding", "languages", "time_zone", "calendar", "addresses", "sign_in_methods")
_LOOKS = 10
"""How often a page looks at a thousand items of the table."""


def start(caller: Principal, organization_id: str) -> LongJob:
    """Begin to pack an organisation; raises NotFound. What is written meanwhile may or may not be in the capsule."""
    name = reach.require(caller, organization_id)
    reach.stored(name)
    capsule_id = ids.new_id()
    capsule = Capsule(capsule_id=capsule_id, source=name, folder=folder_of(name, capsule_id))
    unit = Unit().create(capsule)
    task = ExportOrganization(owner_id=caller.user_id, organization_id=name, capsule_id=capsule_id)
    job = control.start(unit, task)
    unit.create(audit("tenant.export", name, before={}, after={"capsuleId": capsule_id})).commit()
    return job


def folder_of(source: str, capsule_id: str) -> str:
    """Name the folder of a capsule."""
    return f"{files.CAPSULES}{source}/{capsule_id}/"


def do_page(task: ExportOrganization, unit: Unit) -> Progress:
    """Pack the items of ten thousand, then two hundred files; behind the last of them the manifest is signed."""
    capsule = Capsule.require(capsule_id=task.capsule_id, consistent=True)
    after = task.after or {"items": None}
    following: dict[str, Any] | None
    if "items" in after:
        done, following = _pack_items(task, capsule, after["items"])
    else:
        done, following = _pack_files(task, capsule, after["files"])
    if following is None:
        _finish(capsule)
    unit.replace(capsule)
    return Progress(done=done, after=following, result=None if following else f"{capsule.folder}{MANIFEST}")


def _pack_items(task: ExportOrganization, capsule: Capsule, key: Any) -> tuple[int, dict[str, Any]]:
    lines: list[str] = []
    for _ in range(_LOOKS):
        found, key = look_through(task.organization_id, key)
        lines += [contents.pack(item, task.organization_id) for item in found if contents.is_taken(item)]
        if key is None:
            break
    if lines:
        body = gzip.compress("\n".join(lines).encode(), mtime=0)
        _add_part(capsule, f"items-{task.page:05d}.jsonl.gz", body, len(lines))
        capsule.items = int(capsule.items) + len(lines)
        capsule.digest = contents.add_up(str(capsule.digest), lines)
    return len(lines), {"items": key} if key else {"files": [0, None]}


def _pack_files(task: ExportOrganization, capsule: Capsule, place: list[Any]) -> tuple[int, dict[str, Any] | None]:
    number, token = place
    folder = f"{files.PACKED[number]}{task.organization_id}/"
    found, token = files.page(folder, token)
    rows: list[tuple[str, int, str]] = []
    for each in found:
        name = f"{files.PACKED[number]}{each.key.removeprefix(folder)}"
        rows.append((name, each.size_bytes, files.copy(each.key, f"{capsule.folder}files/{name}")))
    if rows:
        _add_part(capsule, f"files-{task.page:05d}.json", json.dumps(rows).encode(), len(rows))
        capsule.files = int(capsule.files) + len(rows)
        capsule.file_bytes = int(capsule.file_bytes) + sum(size for _, size, _ in rows)
        capsule.digest = contents.add_up(str(capsule.digest), [json.dumps(row) for row in rows])
    if token is None:
        number += 1
    is_last = number == len(files.PACKED)
    return len(rows), None if is_last else {"files": [number, token]}


def _add_part(capsule: Capsule, name: str, body: bytes, count: int) -> None:
    files.put(f"{capsule.folder}{name}", body, "application/octet-stream")
    digest = hashlib.sha256(body).hexdigest()
    capsule.parts = [*capsule.parts, {"name": name, "sha256": digest, "count": count}]


def _finish(capsule: Capsule) -> None:
    tenant = reach.stored(str(capsule.source))
    with reach.within(str(capsule.source)):
        own = Organization.fetch(consistent=True) or Organization()
    capsule.finished_at = clock.now()
    shown = {name: getattr(own, name) for name in SETTINGS}
    row = {"title": tenant.title, "unknown_age": tenant.unknown_age, "minor_contacts": tenant.minor_contacts}
    capsule.statement = signing.sign(
        {
            "format": FORMAT,
            "capsuleId": capsule.capsule_id,
            "source": capsule.source,
            "finishedAt": clock.iso(capsule.finished_at),
            "items": int(capsule.items),
            "files": int(capsule.files),
            "fileBytes": int(capsule.file_bytes),
            "digest": capsule.digest,
            "parts": capsule.parts,
            "settings": {**shown, "languages": list(own.languages), "sign_in_methods": list(own.sign_in_methods)},
            "row": row,
            "tier": tenant.tier,
            "key": signing.own_key(),
        },
        KIND,
    )
    files.put(f"{capsule.folder}{MANIFEST}", str(capsule.statement).encode(), "application/jose")
