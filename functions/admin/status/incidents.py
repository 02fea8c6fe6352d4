"""Incidents of the status page, as administrators write them."""

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.model.admin.platform import PlatformIncident
from lyceum.rules import audits
from lyceum.rules.operating import status_page

from functions.admin.status.schemas import WriteIncident

MOST_UPDATES = 100


def write(caller: Principal, wanted: WriteIncident) -> PlatformIncident:
    """Write a new incident, or what is new of one, audited; the main tenant's are shown to everybody.

    Raises NotFound for an incident that there is not, Conflict when it was resolved or somebody else wrote meanwhile.
    """
    now = clock.now()
    if wanted.incident_id is None:
        incident = PlatformIncident(incident_id=ids.new_id(), started_at=now, impact="minor", title="")
    else:
        incident = PlatformIncident.require(incident_id=wanted.incident_id, consistent=True)
        if incident.state == "resolved":
            raise Conflict("This incident is resolved; write a new one.", code="INCIDENT_RESOLVED")
    incident.title = wanted.title or incident.title
    incident.impact = wanted.impact or incident.impact
    incident.state = wanted.state
    if wanted.components is not None:
        incident.components = list(wanted.components)
    update = {"at": clock.iso(now), "state": wanted.state, "message": wanted.message}
    incident.updates = [update, *incident.updates][:MOST_UPDATES]
    incident.resolved_at = now if wanted.state == "resolved" else None
    unit = Unit().save(incident)
    after = {"state": wanted.state, "impact": incident.impact}
    audits.note(unit, caller.user_id, None, "incident.write", incident.incident_id, after=after)
    unit.commit()
    status_page.forget()
    return incident
