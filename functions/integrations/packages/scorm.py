"""SCORM 1.2 and 2004: what a page begins from, and what is taken of its reports.

Sources: SCORM 1.2 run-time environment, 3.4; SCORM 2004 4th edition run-time environment, 4.2.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lyceum.kit.errors import BadRequest, Conflict, NotFound, TooLarge
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.table.entity import pack
from lyceum.model.integrations.packages import PackageRegistration, PackageUnit
from lyceum.model.users.account import User

from functions.integrations.packages import cmi5_launch, play_sessions, results
from functions.integrations.packages.play_sessions import PlaySession

MOST_BYTES = 256 * 1024
_MOST_KEPT = 300_000
_TRIES = 4
_ENDED_12 = frozenset({"passed", "completed", "failed"})


class Report(BaseModel, defer_build=True):
    """What a page keeps and says, all of it each time; `sent` counts the reports of its sitting."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    sent: Annotated[int, Field(ge=1, le=1_000_000)]
    values: Annotated[
        dict[
            Annotated[str, StringConstraints(max_length=250, pattern=r"^(cmi|adl)\.[A-Za-z0-9_.:-]+$")],
            Annotated[str, StringConstraints(max_length=65_000)],
        ],
        Field(max_length=4000),
    ]
    finished: bool = False


def address_query(unit: PackageUnit, sitting: PlaySession, ticket: str) -> str:
    """Return what the address of a unit has after `?`: its own, and of cmi5 what a launch says."""
    own = str(unit.unit["query"])
    if sitting.form != "cmi5":
        return own
    return "&".join(filter(None, (own, urlencode(cmi5_launch.parameters(sitting, ticket)))))


def beginning(unit: PackageUnit, registration: PackageRegistration, address: str) -> dict[str, Any]:
    """Return what a page's interface begins from: where to tell, which version, and what was kept."""
    user = User.fetch(user_id=registration.user_id)
    return {
        "address": address,
        "form": registration.form,
        "sent": int(unit.sent),
        "learner": {
            "id": registration.user_id,
            "name": f"{user.last_name}, {user.first_name}" if user else "",
            "language": (user.language if user else None) or "en",
        },
        "unit": {name: unit.unit[name] for name in ("mastery", "completion", "parameters")},
        "kept": dict(unit.kept),
    }


def take(ticket: str, body: bytes) -> None:
    """Take a report of a page (2 storage requests); one that was taken, or of an ended sitting, changes nothing.

    Raises BadRequest for what is none, TooLarge for more than is kept.
    """
    with play_sessions.of_ticket(ticket) as sitting:
        report = _read(body)
        for _ in range(_TRIES):
            try:
                _keep(sitting, report)
            except Conflict:
                continue
            return
        raise Conflict("Two pages report at once.", code="EDIT_CONFLICT")


def _read(body: bytes) -> Report:
    try:
        report = Report.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError):
        raise BadRequest("The report can not be read.") from None
    if len(pack(json.dumps(report.values))) > _MOST_KEPT:
        raise TooLarge("This is more than is kept of a unit.")
    return report


def _keep(sitting: PlaySession, report: Report) -> None:
    named = [
        PackageUnit.at(user_id=sitting.user_id, registration_id=sitting.registration_id, number=sitting.number),
        PackageRegistration.at(user_id=sitting.user_id, content_id=sitting.content_id, lesson_id=sitting.lesson_id),
    ]
    unit, registration = batch_fetch(named, consistent=True)
    if not isinstance(unit, PackageUnit) or not isinstance(registration, PackageRegistration):
        raise NotFound("There is nothing here.")
    is_old = unit.session_id != sitting.session_id or unit.state == "terminated" or report.sent <= int(unit.sent)
    if is_old or sitting.form not in {"scorm12", "scorm2004"}:
        return
    unit.sent, unit.kept = report.sent, report.values
    unit.state = "terminated" if report.finished else "initialized"
    (_judge_12 if sitting.form == "scorm12" else _judge_2004)(unit, report)
    done = results.is_satisfied(unit.unit["moves_on"], unit) and unit.success != "failed"
    writes = Unit().replace(unit)
    results.fold(writes, registration, unit, is_done=done)
    writes.commit()


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text.strip()) if text and len(text) <= 30 else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number) < 10**9 else None


def _judge_12(unit: PackageUnit, report: Report) -> None:
    """Read status and score; a mastery score decides at the end (3.4.4, cmi.core.lesson_status)."""
    said = report.values.get("cmi.core.lesson_status", "")
    raw = _number(report.values.get("cmi.core.score.raw"))
    least = _number(report.values.get("cmi.core.score.min")) or Decimal(0)
    most = _number(report.values.get("cmi.core.score.max")) or Decimal(100)
    share = (raw - least) / (most - least) if raw is not None and most > least else None
    unit.score = results.scaled(share)
    mastery = unit.unit["mastery"]
    if mastery is not None and raw is not None and (report.finished or said in _ENDED_12):
        said = "passed" if raw / 100 >= Decimal(mastery) else "failed"
    unit.completion = "completed" if said in {"passed", "completed"} else "incomplete"
    unit.success = said if said in {"passed", "failed"} else None


def _judge_2004(unit: PackageUnit, report: Report) -> None:
    """Read status and score; thresholds of the package decide where there are any (4.2.4, 4.2.22).

    A unit that says nothing of its completion is completed when it ends (sequencing and navigation, 4.6.3).
    """
    progress = _number(report.values.get("cmi.progress_measure"))
    silent = "completed" if report.finished else "unknown"
    said = report.values.get("cmi.completion_status", silent)
    if unit.unit["completion"] is not None and progress is not None:
        said = "completed" if progress >= Decimal(unit.unit["completion"]) else "incomplete"
    unit.completion = "completed" if said == "completed" else "incomplete"
    share = _number(report.values.get("cmi.score.scaled"))
    unit.score = results.scaled(share)
    success = report.values.get("cmi.success_status", "unknown")
    if unit.unit["mastery"] is not None:
        success = "unknown" if share is None else "passed" if share >= Decimal(unit.unit["mastery"]) else "failed"
    unit.success = success if success in {"passed", "failed"} else None
