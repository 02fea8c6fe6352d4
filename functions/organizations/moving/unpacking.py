"""Making an organisation from a capsule: of this deployment, or of another one whose key is named.

The new organisation is closed until all of it is there. A page that is done again writes the same again.
"""

import hashlib
import json
import zlib
from typing import Any

from lyceum.kit.configuration.records import Organization
from lyceum.kit.errors import NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal, signing
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.table import Unit
from lyceum.kit.table.whole_tenants import put_all
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.audit import audit
from lyceum.rules import tenants
from lyceum.tasks.organizations import ImportOrganization

from functions.organizations import reach
from functions.organizations.moving import contents, files, packing
from functions.organizations.moving.schemas import ImportCapsule

_MOST_MANIFEST = 4 * 1024 * 1024
_MOST_PART = 64 * 1024 * 1024
_MOST_UNPACKED = 256 * 1024 * 1024
_FILES_TOGETHER = 100


def start(caller: Principal, wanted: ImportCapsule) -> LongJob:
    """Make a closed organisation and begin to fill it from a capsule.

    Raises NotFound for a capsule that is not there, Conflict for a name that is taken, and RuleViolation
    CAPSULE_REFUSED for one that was not signed by this deployment or the one that is named.
    """
    reach.require_operator(caller)
    folder = packing.folder_of(wanted.source, wanted.capsule_id)
    manifest = _manifest(folder, wanted.signer or "")
    task = ImportOrganization(
        owner_id=caller.user_id, organization_id=wanted.organization_id, folder=folder, signer=wanted.signer or ""
    )
    started: list[LongJob] = []

    def along(unit: Unit) -> None:
        unit.create(Organization(state="importing", tier=manifest["tier"], **manifest["settings"]))
        with reach.among_tenants():
            started.append(control.start(unit, task, total=manifest["items"] + manifest["files"]))

    tenants.make(wanted.organization_id, tier=manifest["tier"], state="importing", along=along, **manifest["row"])
    return started[-1]


def _manifest(folder: str, signer: str) -> dict[str, Any]:
    """Return the manifest of a capsule, proven; raises NotFound, and RuleViolation CAPSULE_REFUSED."""
    try:
        statement = files.get(f"{folder}{packing.MANIFEST}", _MOST_MANIFEST)
        if statement is None:
            raise NotFound("There is no such capsule.")
        text = statement.decode("ascii")
        read = signing.read_of(text, packing.KIND, signer) if signer else signing.read(text, packing.KIND)
    except ValueError:  # of whose kinds a broken signature is one
        raise rule_violation(
            "CAPSULE_REFUSED", "This capsule was not signed by a deployment that is trusted."
        ) from None
    if read["format"] != packing.FORMAT or packing.folder_of(read["source"], read["capsuleId"]) != folder:
        raise rule_violation("CAPSULE_REFUSED", "This capsule is of another format or another place.")
    return read


def do_page(task: ImportOrganization, unit: Unit) -> Progress:
    """Write a part of the capsule, or a hundred of its files; behind the last the organisation opens."""
    manifest = _manifest(task.folder, task.signer)
    number, begun = task.after or [0, 0]
    parts = manifest["parts"]
    done = 0
    if number < len(parts):
        part = parts[number]
        body = _checked(task.folder, part)
        if part["name"].startswith("items-"):
            lines = _unpacked(body).split("\n")
            put_all([contents.unpack(line, task.organization_id) for line in lines])
            done, number = len(lines), number + 1
        else:
            rows = json.loads(body)[begun : begun + _FILES_TOGETHER]
            _copy_files(task, rows)
            done, begun = len(rows), begun + _FILES_TOGETHER
            number, begun = (number + 1, 0) if begun >= part["count"] else (number, begun)
    if number < len(parts):
        return Progress(done=done, after=[number, begun])
    _open(unit, task, manifest)
    return Progress(done=done, result=f"/api/admin/organizations/{task.organization_id}")


def _checked(folder: str, part: dict[str, Any]) -> bytes:
    body = files.get(f"{folder}{part['name']}", _MOST_PART)
    if body is None or hashlib.sha256(body).hexdigest() != part["sha256"]:
        raise ValidationFailed(f"The part {part['name']} is not what was signed.")
    return body


def _unpacked(body: bytes) -> str:
    """Return the text of a part, which may not be larger than its bound unpacked."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    text = reader.decompress(body, _MOST_UNPACKED)
    if reader.unconsumed_tail or not reader.eof:
        raise ValidationFailed("A part of the capsule is too large or cut short.")
    return text.decode()


def _copy_files(task: ImportOrganization, rows: list[list[Any]]) -> None:
    for name, size, digest in rows:
        prefix = next((each for each in files.PACKED if name.startswith(each)), None)
        if prefix is None:
            raise ValidationFailed("A file of the capsule lies where none may.")
        if files.size_of(f"{task.folder}files/{name}") != size:
            raise ValidationFailed("A file of the capsule is not what was signed.")
        target = f"{prefix}{task.organization_id}/{name.removeprefix(prefix)}"
        if files.copy(f"{task.folder}files/{name}", target) != digest:
            raise ValidationFailed("A file of the capsule is not what was signed.")


def _open(unit: Unit, task: ImportOrganization, manifest: dict[str, Any]) -> None:
    name = task.organization_id
    told = {"capsuleId": manifest["capsuleId"], "source": manifest["source"], "items": manifest["items"]}
    with reach.within(name):
        unit.change(Organization.at(), Organization.state.set("active"), when=Organization.state == "importing")
    with reach.among_tenants():
        unit.change(Tenant.at(tenant_name=name), Tenant.state.set("active"), when=Tenant.state == "importing")
        unit.create(audit("tenant.import", name, before={}, after=told))
