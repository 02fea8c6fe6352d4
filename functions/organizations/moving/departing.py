"""Deleting an organisation that is closed: all its items and files, with a signed receipt; its name is not given again.

What says that its door is closed goes last but one day: tokens that are still about find it closed until they end.
"""

from datetime import timedelta
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.configuration.records import FeatureFlag, Organization, RoleSet, SettingValues
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal, signing
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.table import Unit, find
from lyceum.kit.table.whole_tenants import look_through, remove_all
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant, TenantHost
from lyceum.model.audit import audit
from lyceum.model.organizations import Departure, DomainClaim
from lyceum.tasks.organizations import DeleteOrganization

from functions.organizations import reach
from functions.organizations.moving import files

__all__ = ["FeatureFlag", "RoleSet", "SettingValues"]
KIND = "organization-receipt"
_LOOKS = 5
_STAYS_CLOSED = timedelta(days=1)
_CLOSED = ("suspended", "importing")


def start(caller: Principal, organization_id: str, reason: str) -> LongJob:
    """Begin to delete an organisation; its hosts lead nowhere from now on.

    Raises NotFound, and RuleViolation ORGANIZATION_STATE for one that is not suspended.
    """
    reach.require_operator(caller)
    name = reach.require(caller, organization_id)
    tenant = reach.stored(name)
    if name == context.MAIN_TENANT or tenant.state not in _CLOSED:
        raise rule_violation("ORGANIZATION_STATE", "Only an organisation that is suspended is deleted.")
    unit = Unit()
    with reach.within(name):
        own = Organization.fetch(consistent=True) or Organization()
        own.state = "leaving"
        unit.save(own)
        hosts = [claim.host for claim in find(DomainClaim, limit=100).items if claim.state == "active"]
    with reach.among_tenants():
        tenant.state = "leaving"
        unit.replace(tenant)
        for host in hosts:
            unit.remove(TenantHost.at(host=host))
        gone = Conflict("This organisation is being deleted already.", code="TENANT_EXISTS")
        unit.create(Departure(tenant_name=name, reason=reason, requested_by=caller.user_id), refuse=gone)
        unit.create(audit("tenant.delete", name, before={"hosts": hosts}, after={}, reason=reason))
        job = control.start(unit, DeleteOrganization(owner_id=caller.user_id, organization_id=name))
    unit.commit()
    directory.forget()
    return job


def do_page(task: DeleteOrganization, unit: Unit) -> Progress:
    """Remove the items among five thousand, then two hundred files; behind the last of them stands the receipt."""
    departure = Departure.require(tenant_name=task.organization_id, consistent=True)
    after = task.after or {"items": None}
    following: dict[str, Any] | None
    if "items" in after:
        done, following = _remove_items(task.organization_id, after["items"])
        departure.items = int(departure.items) + done
    else:
        done, following = _remove_files(task.organization_id, after["files"])
        departure.files = int(departure.files) + done
    if following is None:
        _finish(unit, departure)
    unit.replace(departure)
    path = f"/api/admin/organizations/{task.organization_id}/receipt"
    return Progress(done=done, after=following, result=None if following else path)


def _remove_items(name: str, key: Any) -> tuple[int, dict[str, Any]]:
    done = 0
    for _ in range(_LOOKS):
        found, key = look_through(name, key, consistent=True)
        gone = [item for item in found if item["kind"]["S"] != "organization"]
        remove_all(gone)
        done += len(gone)
        if key is None:
            break
    return done, {"items": key} if key else {"files": 0}


def _remove_files(name: str, number: int) -> tuple[int, dict[str, Any] | None]:
    for following in range(number, len(files.ALL)):
        found, _ = files.page(f"{files.ALL[following]}{name}/", None)
        if found:
            files.remove(found)
            return len(found), {"files": following}
    return 0, None


def _finish(unit: Unit, departure: Departure) -> None:
    name = str(departure.tenant_name)
    departure.finished_at = clock.now()
    told = {
        "organizationId": name,
        "items": int(departure.items),
        "files": int(departure.files),
        "reason": departure.reason,
        "requestedBy": departure.requested_by,
        "finishedAt": clock.iso(departure.finished_at),
        "key": signing.own_key(),
    }
    departure.statement = signing.sign(told, KIND)
    with reach.within(name):
        unit.put(Organization(state="leaving", ttl=_STAYS_CLOSED))
    unit.remove(Tenant.at(tenant_name=name))


def receipt(caller: Principal, organization_id: str) -> Departure:
    """Return the receipt of an organisation that was deleted; raises NotFound until all of it is gone."""
    reach.require_operator(caller)
    found = Departure.fetch(tenant_name=reach.require(caller, organization_id))
    if found is None or found.statement is None:
        raise NotFound("There is no such receipt.")
    return found
