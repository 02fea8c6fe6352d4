"""A ruling for all finished sessions of an assessment, as a long job: previewed or applied, with a list of the changes.

The job goes through the attempts page by page. Its outcome is a file with a row for each session: what it had, what it
has after the ruling, and whether that is `changed`, the `same`, or was `left_out` (it runs still, started after the
ruling, was not asked the question, or would be lowered) or `failed`. A preview writes the same file and nothing else.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.errors import DomainError, NotFound, RuleViolation, Unavailable, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, fetch_many, retry_on_conflict
from lyceum.model.audit import audit
from lyceum.model.exams.assessments import Assessment, Incident
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.questions.question import AnswerKey
from lyceum.rules.courses import teaching
from lyceum.tasks.exams import RegradeSessions

from functions.exams.attempts import attempt_list
from functions.exams.marking import regrading
from functions.exams.marking.marks import read_marks
from functions.exams.marking.schemas.regrading import RegradeAssessment, Regraded, Ruling
from functions.exams.papers import embargo
from functions.exams.papers.incidents import incident
from functions.exams.proctoring.fan_out import key_after, place_after

_PAGE = 25
_PREFIX = "derived/exports/"
Row = dict[str, Any]
logger = Logger()


def start(caller: Principal, assessment_id: str, wanted: RegradeAssessment) -> LongJob:
    """Begin to regrade an assessment, or to preview that.

    Costs 1 or 2 reads and one transaction. Raises NotFound, or RuleViolation (UNKNOWN_QUESTION, UNKNOWN_REVISION).
    """
    return retry_on_conflict(lambda: _start(caller, assessment_id, wanted))


def _start(caller: Principal, assessment_id: str, wanted: RegradeAssessment) -> LongJob:
    assessment = Assessment.fetch(assessment_id=assessment_id, consistent=True)
    if assessment is None or assessment.state == "deleted":
        raise NotFound("There is no such assessment.")
    teaching.require(caller, assessment.owner_id, assessment.course_id, assessment.noun)
    if wanted.question_id not in assessment.draw.get("question_ids", []):
        raise rule_violation("UNKNOWN_QUESTION", "This question is not in the exam: there is nothing to rule on.")
    if wanted.revision and not AnswerKey.fetch(question_id=wanted.question_id, revision=wanted.revision):
        raise rule_violation("UNKNOWN_REVISION", f"The question has no revision {wanted.revision}.")
    ruling = wanted.model_dump(mode="json", include={"ruling", "question_id", "revision"}, exclude_none=True)
    described, _ = incident(assessment, "regrade", wanted.reason, ruling={**ruling, "lower": wanted.lower})
    unit = Unit()
    if not wanted.preview:
        unit.replace(assessment).create(described, *embargo.embargoed(assessment))
    action = "exam.preview_regrade" if wanted.preview else "exam.regrade"
    unit.create(audit(action, assessment_id, before={}, after={"ruling": ruling}, reason=wanted.reason))
    task = RegradeSessions(
        owner_id=caller.user_id,
        assessment_id=assessment_id,
        incident_id=None if wanted.preview else described.incident_id,
        ruling=described.ruling,
        reason=wanted.reason,
        ruled_at=described.declared_at,
    )
    job = control.start(unit, task)
    unit.commit()
    return job


def do_page(task: RegradeSessions, unit: Unit) -> Progress:
    """Bring the ruling to a page of sessions and add their rows to the file.

    What is done twice changes nothing the second time. Raises Unavailable, when storage was too busy for some.
    """
    at = {"assessment_id": task.assessment_id}
    assessment, declared = fetch_many(
        Assessment.at(**at), Incident.at(**at, incident_id=task.incident_id or "none"), consistent=True
    )
    if assessment is None or (task.incident_id and declared is None):
        raise NotFound("There is no such assessment.")
    after = key_after(task.assessment_id, task.after) if task.after else None
    found = attempt_list.read_page(task.assessment_id, int(assessment.parts), _PAGE, after, consistent=True)
    rows = [_try(entry.exam_id, task, declared) for entry in found.items]
    _keep(task, [*_kept(task), *rows])
    is_last = found.last_key is None
    if declared:
        _count(unit, declared, rows, is_last=is_last)
    return Progress(
        done=len(rows),
        failed=sum(row["outcome"] == "failed" for row in rows),
        after=None if found.last_key is None else place_after(found.last_key),
        result=_key(task, task.page) if is_last else None,
    )


def _count(unit: Unit, declared: Incident, rows: list[Row], *, is_last: bool) -> None:
    reached = sum(bool(row.get("applied")) for row in rows)
    failed = sum(row["outcome"] == "failed" for row in rows)
    unit.change(
        declared,
        Incident.listed.add(len(rows)),
        Incident.is_listed.set(is_last),
        Incident.done.add(reached),
        Incident.failed.add(failed),
        Incident.left_out.add(len(rows) - reached - failed),
    )


def _try(exam_id: str, task: RegradeSessions, declared: Incident | None) -> Row:
    try:
        return retry_on_conflict(lambda: _rule(exam_id, task, declared))
    except Unavailable:
        raise
    except Exception as error:
        if isinstance(error, DomainError) and error.code == "EDIT_CONFLICT":
            raise Unavailable from error
        logger.exception("regrade failed", extra={"exam_id": exam_id})
        return {"examId": exam_id, "outcome": "failed", "why": None}


def _rule(exam_id: str, task: RegradeSessions, declared: Incident | None) -> Row:
    try:
        attempt, earlier = read_marks(exam_id)
    except NotFound:
        return {"examId": exam_id, "outcome": "left_out", "why": "NOT_FINISHED"}
    session = attempt.session
    if session.state != "finished":
        return {"examId": exam_id, "userId": session.user_id, "outcome": "left_out", "why": "EXAM_RUNNING"}
    ruling = Ruling.model_validate({name: value for name, value in task.ruling.items() if name != "lower"})
    is_done = declared is not None and declared.incident_id in session.incident_ids
    lower, earlier_most = bool(task.ruling["lower"]), Decimal(session.max_score)
    asked = partial(regrading.apply, attempt, earlier, ruling, task.reason, lower=lower, incident=declared)
    try:
        made = asked(preview=declared is None or is_done)
    except RuleViolation as refused:
        return _left_out(session, refused, lambda: asked(preview=True))
    if declared is None and made.is_lowered and not lower:
        return {**_row(made, session.user_id), "outcome": "left_out", "why": "LOWERED"}
    made = made.model_copy(update={"applied": made.applied or is_done})
    is_changed = is_done or made.score != made.earlier_score or made.max_score != earlier_most
    return {**_row(made, session.user_id), "outcome": "changed" if is_changed else "same", "why": None}


def _left_out(session: ExamSession, refused: RuleViolation, preview: Callable[[], Regraded]) -> Row:
    """Return the row of a session that stays as it is; of one that would be lowered with the scores."""
    why = refused.details[0].code if refused.details else None
    row = _row(preview(), session.user_id) if why == "LOWERED" else {}
    return {"examId": session.exam_id, "userId": session.user_id, **row, "outcome": "left_out", "why": why}


def _row(made: Regraded, user_id: str) -> Row:
    shown = made.model_dump(mode="json", by_alias=True)
    return {"userId": user_id, **shown}


def _key(task: RegradeSessions, page: int) -> str:
    return f"{_PREFIX}{context.tenant()}/{task.owner_id}/{task.job_id}/regrade-{page}.json"


def _kept(task: RegradeSessions) -> list[Row]:
    """Return the rows of the pages before."""
    if not task.page:
        return []
    place = {"Bucket": settings().bucket, "Key": _key(task, task.page - 1)}
    rows: list[Row] = json.loads(clients.client("s3").get_object(**place)["Body"].read())["sessions"]
    return rows


def _keep(task: RegradeSessions, rows: list[Row]) -> None:
    content = {
        "assessmentId": task.assessment_id,
        "incidentId": task.incident_id,
        "ruling": task.ruling,
        "reason": task.reason,
        "ruledAt": clock.iso(task.ruled_at),
        "sessions": rows,
    }
    form: dict[str, Any] = {"ContentType": "application/json", "ContentDisposition": "attachment"}
    body = json.dumps(content, ensure_ascii=False).encode()
    clients.client("s3").put_object(Bucket=settings().bucket, Key=_key(task, task.page), Body=body, **form)
