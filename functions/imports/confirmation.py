"""From rows that were looked at to questions: the word that sets the writing going."""

from datetime import timedelta

from pynamodb.expressions.condition import Condition

from lyceum.events import ImportConfirmed
from lyceum.identity import Permission, Principal, may_touch
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.model import ImportJob
from lyceum.table import Unit

from functions.imports import jobs
from functions.imports.schemas import Confirm, ImportView

_SILENCE = timedelta(minutes=15)
_UNDER_WAY = ("confirmed", "running")


def confirm(caller: Principal, job_id: str, wanted: Confirm) -> ImportView:
    """Have an import's rows written; said again of one under way it changes nothing, but wakes one that went silent.

    Raises Conflict for a file that is not read or is finished, RuleViolation NOTHING_TO_IMPORT and OWN_IMPORT: nobody
    approves what they imported themselves but a tenant's owner.
    """
    job = ImportJob.require(job_id=job_id, consistent=True)
    if job.state in _UNDER_WAY:
        return jobs.view(_wake(job))
    if job.state != "parsed":
        raise Conflict(f"This import is {job.state}; only one that is parsed can be confirmed.", code="NOT_PARSED")
    if not job.rows_ready and not (job.rows_duplicate and wanted.duplicates == "create"):
        raise rule_violation("NOTHING_TO_IMPORT", "No row of this file would become a question.")
    if wanted.approve and may_touch(caller, job.owner_id) and not caller.may(Permission.MANAGE_TENANT):
        raise rule_violation("OWN_IMPORT", "Questions that you imported are approved by another moderator.")
    facts = [
        ImportJob.state.set("confirmed"),
        ImportJob.takes_duplicates.set(wanted.duplicates == "create"),
        ImportJob.approves.set(wanted.approve),
        ImportJob.confirmed_by.set(caller.user_id),
        ImportJob.confirmed_at.set(clock.now()),
    ]
    return jobs.view(_tell(job, *facts, when=ImportJob.state == "parsed"))


def _wake(job: ImportJob) -> ImportJob:
    """Call a worker again when none has written anything for a quarter of an hour; two at once do each other no harm."""
    if clock.now() - job.updated_at < _SILENCE:
        return job
    return _tell(job, when=ImportJob.version == job.version)


def _tell(job: ImportJob, *facts: object, when: Condition) -> ImportJob:
    changed = Conflict("This import was changed meanwhile.", code="EDIT_CONFLICT")
    Unit().change(job, *facts, when=when, events=[ImportConfirmed(job_id=job.job_id)], refuse=changed).commit()  # type: ignore[arg-type]
    return job
