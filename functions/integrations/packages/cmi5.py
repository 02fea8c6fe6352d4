"""Statements of cmi5: which a sitting may make and in which order, and what they come to.

Sources: cmi5 (Quartz), sections 8.2 (fetch), 9 (statements) and 10.1; what breaks a rule of the order is refused (403).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from lyceum.kit import clock, ids
from lyceum.kit.errors import BadRequest, Conflict, Forbidden, NotFound, Unauthenticated
from lyceum.kit.http import exchange
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.integrations.packages import PackageRegistration, PackageUnit

from functions.integrations.packages import play_sessions, results
from functions.integrations.packages.cmi5_launch import CATEGORY, MOVES_ON, SESSION, activity_id, context_of
from functions.integrations.packages.play_sessions import PlaySession
from functions.integrations.statements import recording
from functions.integrations.statements.schemas import Statement

_VERBS = "http://adlnet.gov/expapi/verbs/"
_OWN_VERBS = {
    f"{_VERBS}initialized": "initialized",
    f"{_VERBS}completed": "completed",
    f"{_VERBS}passed": "passed",
    f"{_VERBS}failed": "failed",
    f"{_VERBS}terminated": "terminated",
}
_OURS = frozenset(
    {f"{_VERBS}launched", f"{_VERBS}satisfied", f"{_VERBS}waived", "https://w3id.org/xapi/adl/verbs/abandoned"}
)
"""Verbs that the platform alone may use (9.3)."""
_TRIES = 4


@contextmanager
def speaker() -> Iterator[PlaySession]:
    """Work for the sitting whose key came along (10.1: Basic and the token); raises Unauthenticated."""
    kind, _, given = exchange.current().headers.get("authorization", "").partition(" ")
    if kind.lower() not in {"basic", "bearer"} or not given:
        raise Unauthenticated("Send the key that was fetched.")
    with play_sessions.of_key(given.strip()) as sitting:
        exchange.current().answer.headers["Access-Control-Expose-Headers"] = "ETag"
        yield sitting


def fetch_key(ticket: str) -> str:
    """Give a sitting its key, once (8.2); a second time there is an error in its place."""
    with play_sessions.of_ticket(ticket) as sitting:
        unit, _ = _read(sitting)
        if unit.is_fetched or unit.session_id != sitting.session_id or sitting.form != "cmi5":
            return json.dumps({"error-code": "1", "error-text": "The key of this launch was fetched before."})
        unit.is_fetched = True
        try:
            Unit().replace(unit).commit()
        except Conflict:
            return json.dumps({"error-code": "1", "error-text": "The key of this launch was fetched before."})
        return json.dumps({"auth-token": play_sessions.key(sitting)})


def record(body: bytes, statement_id: str | None = None) -> list[str]:
    """Keep statements of a sitting with what follows from them (2 storage requests), together or not at all.

    Raises Forbidden for what breaks a rule of cmi5, BadRequest, Conflict as xAPI has them.
    """
    with speaker() as sitting:
        statements = recording.read(body)
        if statement_id is not None:
            if len(statements) != 1 or str(statements[0].id or statement_id) != statement_id:
                raise BadRequest("Send one statement, without an id or with this one.")
            statements = [statements[0].model_copy(update={"id": statement_id})]
        for _ in range(_TRIES):
            try:
                return _record(sitting, statements)
            except Conflict as refusal:
                if refusal.code not in {"EDIT_CONFLICT", "STATEMENT_MEANWHILE"}:
                    raise
        raise Conflict("Two statements come at once.", code="EDIT_CONFLICT")


def _record(sitting: PlaySession, statements: list[Statement]) -> list[str]:
    unit, registration = _read(sitting)

    def follow(writes: Unit, new: list[Statement]) -> None:
        if not new:
            return
        for statement in new:
            _take(sitting, unit, statement)
        done = results.is_satisfied(unit.unit["moves_on"], unit)
        was_completed = registration.completed_at is not None
        results.fold(writes.replace(unit), registration, unit, is_done=done)
        if registration.completed_at is not None and not was_completed:
            _tell(writes, sitting, "satisfied", _course_of(sitting), {})

    return recording.keep(sitting.learner, statements, follow)


def _read(sitting: PlaySession) -> tuple[PackageUnit, PackageRegistration]:
    named = [
        PackageUnit.at(user_id=sitting.user_id, registration_id=sitting.registration_id, number=sitting.number),
        PackageRegistration.at(user_id=sitting.user_id, content_id=sitting.content_id, lesson_id=sitting.lesson_id),
    ]
    unit, registration = batch_fetch(named, consistent=True)
    if not isinstance(unit, PackageUnit) or not isinstance(registration, PackageRegistration):
        raise NotFound("There is nothing here.")
    return unit, registration


def _refused(why: str) -> Forbidden:
    return Forbidden(why, code="CMI5_RULE")


def _take(sitting: PlaySession, unit: PackageUnit, statement: Statement) -> None:
    """Check a statement against the rules and what was said before, and note it; raises Forbidden CMI5_RULE."""
    context = statement.context or {}
    if unit.session_id != sitting.session_id or unit.state in {"terminated", "abandoned"}:
        raise _refused("This sitting is over.")
    if statement.verb.id in _OURS:
        raise _refused("The platform alone says this.")
    if statement.timestamp is None or context.get("registration") != sitting.registration_id:
        raise _refused("A statement has its time and the registration of its launch.")
    if (context.get("extensions") or {}).get(SESSION) != sitting.session_id:
        raise _refused("A statement has the session of its launch in its context.")
    categories = [each.get("id") for each in _activities(context, "category")]
    verb = _OWN_VERBS.get(statement.verb.id)
    if CATEGORY not in categories or verb is None:
        if "initialized" not in unit.verbs:
            raise _refused("The first statement of a sitting is initialized.")
        if CATEGORY in categories:
            raise _refused("cmi5 defines no such statement.")
        return
    _check_order(unit, verb)
    if statement.object.id != activity_id(sitting):
        raise _refused("A statement of cmi5 is about the activity of its launch.")
    _check_result(unit, verb, statement, MOVES_ON in categories)
    unit.verbs = [*unit.verbs, verb]
    unit.state = "terminated" if verb == "terminated" else "initialized"


def _activities(context: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = (context.get("contextActivities") or {}).get(name) or []
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, dict)]


def _check_order(unit: PackageUnit, verb: str) -> None:
    """Refuse what comes too early, twice or after its opposite (9.3)."""
    if (verb == "initialized") != (not unit.verbs):
        raise _refused("The first statement of a sitting is initialized, and it is said once.")
    if verb in unit.verbs or (verb == "completed" and unit.completion == "completed"):
        raise _refused("This was said before.")
    if verb in {"passed", "failed"} and (unit.success == "passed" or {"passed", "failed"} & set(unit.verbs)):
        raise _refused("This was decided before.")


def _check_result(unit: PackageUnit, verb: str, statement: Statement, is_moving: bool) -> None:
    """Check result and score against the rules (9.5), and take them over."""
    result, mastery = statement.result, unit.unit["mastery"]
    share = result.score.scaled if result and result.score else None
    if verb in {"completed", "passed", "failed"}:
        if result is None or result.duration is None or not is_moving:
            raise _refused("What is decided has a duration and the category of moveOn.")
    elif verb == "initialized" and (result is not None and result.score is not None):
        raise _refused("Nothing is scored at the beginning.")
    if verb == "completed":
        if result is None or result.completion is not True or share is not None:
            raise _refused("Completed has completion true and no score.")
        unit.completion = "completed"
    if verb in {"passed", "failed"}:
        is_passed = verb == "passed"
        if result is None or result.success is not is_passed:
            raise _refused("Success is true of passed and false of failed.")
        if mastery is not None and share is not None and (Decimal(str(share)) >= Decimal(mastery)) != is_passed:
            raise _refused("The score is on the other side of the mastery score.")
        unit.success, unit.score = verb, results.scaled(share) or unit.score


def tell_launch(writes: Unit, sitting: PlaySession, unit: PackageUnit) -> None:
    """Say that a unit is launched, and that the sitting before was left without an end (9.3.1, 9.3.6)."""
    if unit.state in {"launched", "initialized"} and unit.session_id:
        _tell(writes, sitting, "abandoned", activity_id(sitting), _context(sitting, unit, unit.session_id))
    _tell(writes, sitting, "launched", activity_id(sitting), _context(sitting, unit, sitting.session_id))


def _context(sitting: PlaySession, unit: PackageUnit, session_id: str) -> dict[str, Any]:
    unit.session_id, former = session_id, unit.session_id
    told = context_of(unit)
    unit.session_id = former
    activities = {**told["contextActivities"], "category": [{"id": CATEGORY}]}
    return {**told, "contextActivities": activities, "registration": sitting.registration_id}


def _course_of(sitting: PlaySession) -> str:
    return activity_id(sitting).rpartition("/")[0]


def _tell(writes: Unit, sitting: PlaySession, verb: str, thing: str, context: dict[str, Any]) -> None:
    verb_id = f"{_VERBS}{verb}" if verb != "abandoned" else "https://w3id.org/xapi/adl/verbs/abandoned"
    content = {
        "verb": {"id": verb_id, "display": {"en": verb}},
        "object": {"objectType": "Activity", "id": thing},
        "context": context or {"registration": sitting.registration_id},
        "timestamp": clock.iso(clock.now()),
    }
    recording.add(writes, sitting.user_id, str(uuid5(NAMESPACE_OID, ids.new_id())), content)
