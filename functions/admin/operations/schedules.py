"""Runs of the product's jobs that somebody asks for: now, once, or by cron, through EventBridge Scheduler.

A job changes nothing when it is done again, so a run more is harmless. Jobs work in every tenant: the operator alone
schedules them.
"""

import json
from datetime import UTC, timedelta
from typing import Any, Literal

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import Conflict, Detail, Forbidden, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.admin.platform import OwnSchedule
from lyceum.rules import audits

from functions.admin.operations import declared
from functions.admin.operations.job_list import of_long_job, of_schedule
from functions.admin.operations.schemas import JobRow, ScheduleJob

MOST_SCHEDULES = 100
_ALIAS = "live"
_ONCE_KEPT = timedelta(days=7)
_GONE = "ResourceNotFoundException"
_REFUSED = frozenset({"ValidationException", "ValidationError"})


def schedule(caller: Principal, wanted: ScheduleJob) -> JobRow:
    """Run a job now, or make its schedule, audited.

    Raises Forbidden for anybody but the operator, ValidationFailed for a job that there is not, a time that is over or
    a cron that the scheduler does not take, and RuleViolation where there are too many.
    """
    if caller.tenant != context.MAIN_TENANT:
        raise Forbidden("The operator of the deployment schedules jobs.")
    job = declared.jobs().get(wanted.job)
    if job is None:
        raise _wrong("job", "There is no such job; the list of jobs names them.")
    made = OwnSchedule(
        schedule_id=ids.new_id(),
        job=wanted.job,
        expression=_expression(wanted),
        time_zone=wanted.time_zone,
        owner_id=caller.user_id,
        note=wanted.note,
    )
    made.schedule_name = declared.full_name(f"own-{made.schedule_id}")
    if wanted.when == "now":
        return _run(made, job)
    if len(find(OwnSchedule, limit=MOST_SCHEDULES).items) >= MOST_SCHEDULES:
        raise rule_violation("TOO_MANY_SCHEDULES", f"There are {MOST_SCHEDULES} schedules already.")
    return _make(made, job, wanted)


def _expression(wanted: ScheduleJob) -> str:
    if wanted.when == "now":
        return "now"
    if wanted.at is None:
        return f"cron({wanted.cron})"
    if wanted.at <= clock.now():
        raise _wrong("at", "This time is over.")
    return f"at({wanted.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})"


def _run(made: OwnSchedule, job: dict[str, Any]) -> JobRow:
    unit = Unit()
    _note(unit, made, "job.run")
    unit.commit()
    qualifier = {} if settings().is_local else {"Qualifier": _ALIAS}
    payload = json.dumps(_input(made.job)).encode()
    name = declared.full_name(job["function"])
    clients.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=payload, **qualifier)
    made.created_at = clock.now()
    return of_schedule(made).model_copy(update={"state": "queued"})


def _make(made: OwnSchedule, job: dict[str, Any], wanted: ScheduleJob) -> JobRow:
    """Make the schedule, then the item that lists it; the schedule goes again when the item can not be stored."""
    is_once = wanted.when == "once"
    if is_once and wanted.at is not None:
        made.ttl = wanted.at + _ONCE_KEPT
        made.time_zone = "UTC"
    try:
        clients.client("scheduler").create_schedule(**_definition(made, job, state="ENABLED"))
    except Exception as error:
        if clients.error_code(error) in _REFUSED:
            raise _wrong("cron" if wanted.cron else "at", "The scheduler does not take this.") from None
        raise
    try:
        unit = Unit().create(made)
        _note(unit, made, "job.schedule")
        unit.commit()
    except Exception:
        _drop(made.schedule_name)
        raise
    return of_schedule(made)


def _definition(made: OwnSchedule, job: dict[str, Any], *, state: Literal["ENABLED", "DISABLED"]) -> dict[str, Any]:
    is_once = made.expression.startswith("at(")
    return {
        "Name": made.schedule_name,
        "ScheduleExpression": made.expression,
        "ScheduleExpressionTimezone": made.time_zone,
        "State": state,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE" if is_once else "NONE",
        "Target": {
            "Arn": _function_arn(job["function"]),
            "RoleArn": settings().schedule_role,
            "Input": json.dumps(_input(made.job)),
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 300},
        },
    }


def _function_arn(function: str) -> str:
    """Return what a schedule calls, in the account and partition of the role by which it does."""
    _, partition, _, _, account, _ = settings().schedule_role.split(":", 5)
    region = clients.client("scheduler").meta.region_name
    name = declared.full_name(function)
    qualified = name if settings().is_local else f"{name}:{_ALIAS}"
    return f"arn:{partition}:lambda:{region}:{account}:function:{qualified}"


def _input(job: str) -> dict[str, str]:
    return {"job": job.partition(".")[2]}


def pause(caller: Principal, job_id: str, *, is_paused: bool) -> JobRow:
    """Let a scheduled job wait, or go on, audited; raises NotFound, and Conflict for one that has run."""
    made = _own(caller, job_id)
    made.is_paused = is_paused
    state: Literal["ENABLED", "DISABLED"] = "DISABLED" if is_paused else "ENABLED"
    definition = _definition(made, declared.jobs()[made.job], state=state)
    try:
        clients.client("scheduler").update_schedule(**definition)
    except Exception as error:
        if clients.error_code(error) == _GONE:
            raise Conflict("This job has run already.", code="JOB_ENDED") from None
        raise
    unit = Unit().replace(made)
    _note(unit, made, "job.pause" if is_paused else "job.resume")
    unit.commit()
    return of_schedule(made)


def cancel(caller: Principal, job_id: str) -> JobRow:
    """End a scheduled job, or a long one before its next page, audited.

    Raises NotFound, and Conflict for one of the product's own jobs and for one that has ended.
    """
    if job_id in declared.jobs():
        raise Conflict("The product's own jobs are not cancelled.", code="BUILT_IN_JOB")
    found = find(LongJob, index="gsi1", job_id=job_id, limit=1).items
    if found and found[0].job_id == job_id:
        unit = Unit()
        audits.note(unit, caller.user_id, found[0].owner_id, "job.cancel", job_id, after={"type": found[0].type})
        ended = control.cancel(found[0].owner_id, job_id)
        unit.commit()
        return of_long_job(ended)
    made = _own(caller, job_id)
    _drop(made.schedule_name)
    unit = Unit().remove(made)
    _note(unit, made, "job.cancel")
    unit.commit()
    return of_schedule(made).model_copy(update={"state": "cancelled"})


def _own(caller: Principal, job_id: str) -> OwnSchedule:
    if caller.tenant != context.MAIN_TENANT:
        raise NotFound("There is no such job.")
    return OwnSchedule.require(schedule_id=job_id, consistent=True)


def _drop(name: str) -> None:
    try:
        clients.client("scheduler").delete_schedule(Name=name)
    except Exception as error:
        if clients.error_code(error) != _GONE:
            raise


def _note(unit: Unit, made: OwnSchedule, action: str) -> None:
    after = {"job": made.job, "times": made.expression}
    audits.note(unit, context.current().actor, None, action, made.schedule_id, after=after, reason=made.note)


def _wrong(field: str, message: str) -> ValidationFailed:
    return ValidationFailed("Some fields are missing or wrong.", details=[Detail(field, message)])
