"""Running the product over HTTP."""

from typing import Annotated

from lyceum.kit.http import Api, Caller, IfMatch, Listing, Page, Path, Query, may
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.admin.configuration import flags, roles, settings
from functions.admin.configuration.schemas import (
    FlagName,
    FlagsQuery,
    FlagUsage,
    FlagUsageQuery,
    FlagView,
    RoleView,
    SetFlag,
    SetRole,
    SetSettings,
    SettingList,
)
from functions.admin.health import database, errors, usage
from functions.admin.health.schemas import (
    Database,
    ErrorsQuery,
    ErrorView,
    ShapeView,
    SlowQuery,
    UpdateError,
    UsageQuery,
    UsageView,
)
from functions.admin.operations import job_list, queues, redrive, schedules
from functions.admin.operations.schemas import (
    JobRow,
    JobsQuery,
    QueueRow,
    QueuesQuery,
    Redrive,
    Redriven,
    ScheduleJob,
    UpdateJob,
)
from functions.admin.status import incidents, regions, uptime
from functions.admin.status.schemas import AddRegion, IncidentView, RegionView, Uptime, UptimeQuery, WriteIncident

api = Api("admin", recheck=recheck)
handler = api.handler

_SEE = may(Permission.SEE_OPERATIONS)
_RUN = may(Permission.RUN_OPERATIONS)
_OWN = may(Permission.MANAGE_TENANT)


@api.get("/api/admin/health/uptime", access=_SEE)
def show_uptime(query: Annotated[UptimeQuery, Query()]) -> Uptime:
    """Show the uptime of each component by day, from the checks of each minute."""
    return uptime.of_days(query.days)


@api.get("/api/admin/health/errors", access=_SEE)
def list_errors(query: Annotated[ErrorsQuery, Query()]) -> Page[ErrorView]:
    """List unforeseen failures in groups, with counts and the latest case."""
    return query.page(errors.listed(query), errors.view)


@api.patch("/api/admin/health/errors/{fingerprint}", access=_RUN)
def update_error(caller: Caller, fingerprint: str, body: UpdateError) -> ErrorView:
    """Resolve an error, ignore it, or open it again."""
    return errors.view(errors.decide(caller, fingerprint, body))


@api.get("/api/admin/health/slow-queries", access=_SEE)
def list_slow_queries(query: Annotated[SlowQuery, Query()]) -> Page[ShapeView]:
    """List storage calls by shape, the slow and costly ones first."""
    return query.page(usage.storage(query), lambda row: row)


@api.get("/api/admin/health/api-usage", access=_SEE)
def list_api_usage(query: Annotated[UsageQuery, Query()]) -> Page[UsageView]:
    """List calls by endpoint."""
    return query.page(usage.calls(query), lambda row: row)


@api.get("/api/admin/health/database", access=_SEE)
def show_database() -> Database:
    """Show the table's size, and items by kind."""
    return database.describe()


@api.get("/api/admin/jobs", access=_SEE)
def list_all_jobs(query: Annotated[JobsQuery, Query()]) -> Page[JobRow]:
    """List scheduled and running jobs with their last results."""
    return query.page(job_list.listed(query), lambda row: row)


@api.post("/api/admin/jobs/schedule", access=_RUN, status=201, limit="60/hour", idempotent=True)
def start_job(caller: Caller, body: ScheduleJob) -> JobRow:
    """Start a job now, or schedule it once or by cron."""
    return schedules.schedule(caller, body)


@api.patch("/api/admin/jobs/{jobId}", access=_RUN)
def pause_job(caller: Caller, job_id: str, body: UpdateJob) -> JobRow:
    """Pause a scheduled job, or let it go on."""
    return schedules.pause(caller, job_id, is_paused=body.is_paused)


@api.delete("/api/admin/jobs/{jobId}", access=_RUN)
def cancel_any_job(caller: Caller, job_id: str) -> JobRow:
    """Cancel a scheduled job, or end a long one before its next step."""
    return schedules.cancel(caller, job_id)


@api.get("/api/admin/feature-flags", access=_SEE)
def list_flags(query: Annotated[FlagsQuery, Query()]) -> Page[FlagView]:
    """List feature flags with their rules."""
    return query.page(flags.listed(query), lambda row: row)


@api.put("/api/admin/feature-flags/{flag}", access=_RUN)
def set_flag(caller: Caller, flag: Annotated[FlagName, Path()], body: SetFlag, if_match: IfMatch) -> FlagView:
    """Set for whom a feature is on."""
    return flags.put(caller, flag, body, body.version if if_match is None else if_match)


@api.get("/api/admin/feature-flags/{flag}/usage", access=_SEE)
def show_flag_usage(flag: Annotated[FlagName, Path()], query: Annotated[FlagUsageQuery, Query()]) -> FlagUsage:
    """Show how often each variant of a flag was answered."""
    return flags.usage(flag, query.days)


@api.get("/api/admin/queues", access=_SEE)
def list_queues(query: Annotated[QueuesQuery, Query()]) -> Page[QueueRow]:
    """List queues with what waits in them; of one queue of dead letters its messages."""
    return query.page(queues.listed(query), lambda row: row)


@api.post("/api/admin/queues/{queue}/redrive", access=_RUN, limit="120/hour")
def resend_dead_letters(caller: Caller, queue: str, body: Redrive) -> Redriven:
    """Send dead letters of a queue again."""
    return redrive.redrive(caller, queue, body)


@api.post("/api/admin/incidents", access=_RUN, status=201, limit="120/hour", idempotent=True)
def post_incident(caller: Caller, body: WriteIncident) -> IncidentView:
    """Post an incident to the status page, or what is new of one."""
    return IncidentView.model_validate(incidents.write(caller, body))


@api.get("/api/admin/roles", access=_SEE)
def list_roles(caller: Caller, query: Annotated[Listing, Query()]) -> Page[RoleView]:
    """List the roles with their permissions in this tenant."""
    return query.page(roles.listed(caller, query), lambda row: row)


@api.put("/api/admin/roles/{role}", access=_OWN.proven())
def change_role_permissions(caller: Caller, role: str, body: SetRole, if_match: IfMatch) -> RoleView:
    """Change the permissions of a role in this tenant, within one's own."""
    return roles.change(caller, role, body, body.version if if_match is None else if_match)


@api.get("/api/admin/settings", access=_SEE)
def list_settings() -> SettingList:
    """List limits, quotas, retention and defaults as they hold in this tenant."""
    return settings.listed()


@api.put("/api/admin/settings", access=_OWN)
def change_settings(caller: Caller, body: SetSettings, if_match: IfMatch) -> SettingList:
    """Change settings of this tenant."""
    return settings.change(caller, body, body.version if if_match is None else if_match)


@api.post("/api/admin/regions", access=_OWN, status=201)
def add_region(caller: Caller, body: AddRegion) -> RegionView:
    """Add another deployment to the status board."""
    return RegionView.model_validate(regions.add(caller, body))
