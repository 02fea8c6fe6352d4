"""Launching a unit of a package, and how far a learner is with it."""

import json
from contextlib import closing
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, NAMESPACE_URL, uuid5

from lyceum.kit import clock, context, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.content.library import ContentItem
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.model.integrations.packages import ALONE, PackageRegistration, PackageUnit
from lyceum.rules.courses import course_access

from functions.integrations.packages import cmi5, play_sessions, results
from functions.integrations.packages.play_sessions import PlaySession
from functions.integrations.packages.schemas import Launched, LaunchPackage, PackageState, UnitState

_THOUSAND = 1000
_NOT_GOOD = frozenset({"draft", "processing", "failed"})
"""States of an item whose file is awaited, or was found to be bad."""
_OLD = "This package came before packages could be played. Send its file again."
Structure = dict[str, Any]


def launch(caller: Principal, content_id: str, wanted: LaunchPackage) -> Launched:
    """Begin a sitting with a unit; one that the unit had before ends.

    Raises NotFound for what the caller may not see, Forbidden for somebody who is not in the lesson's course,
    RuleViolation NOT_PLAYABLE, NO_SUCH_UNIT, NO_PACKAGES_ORIGIN.
    """
    registration, structure = _registration(caller, content_id, wanted.lesson_id)
    if structure["format"] == "cmi5" and not play_sessions.has_own_origin():
        raise rule_violation("NO_PACKAGES_ORIGIN", "This deployment has no origin on which cmi5 could be played.")
    number = _next(registration) if wanted.unit is None else wanted.unit
    if number >= len(structure["units"]):
        raise rule_violation("NO_SUCH_UNIT", "The package has no such unit.", field="unit")
    unit = _sit(registration, number, structure["units"][number])
    sitting = _sitting(caller, registration, unit)
    writes = Unit()
    if structure["format"] == "cmi5":
        cmi5.tell_launch(writes, sitting, unit)
    unit.state, unit.session_id, unit.is_fetched, unit.sent = "launched", sitting.session_id, False, 0
    unit.verbs, unit.launched_at = [], clock.now()
    is_done = results.is_satisfied(unit.unit["moves_on"], unit) and unit.success != "failed"
    results.fold(writes.save(unit), registration, unit, is_done=is_done)
    writes.commit()
    state = _state(registration, structure)
    address = f"{settings().api_url.rstrip('/')}/xapi/play/{play_sessions.ticket(sitting)}"
    return Launched(**dict(state), unit=number, url=address, expires_at=clock.now() + play_sessions.LASTS)


def show(caller: Principal, content_id: str, lesson_id: str | None) -> PackageState:
    """Show how far the caller is with a package (2 storage requests, 3 in a lesson); raises as `launch` does."""
    return _state(*_registration(caller, content_id, lesson_id))


def _registration(caller: Principal, content_id: str, lesson_id: str | None) -> tuple[PackageRegistration, Structure]:
    place = lesson_id or ALONE
    named: list[Entity] = [
        ContentItem.at(content_id=content_id),
        PackageRegistration.at(user_id=caller.user_id, content_id=content_id, lesson_id=place),
    ]
    lesson = Lesson.require(lesson_id=lesson_id) if lesson_id else None
    if lesson:
        at = {"course_id": lesson.course_id}
        named += [Course.at(**at), Enrolment.at(**at, user_id=caller.user_id)]
    item, known, *course = batch_fetch(named, consistent=True)
    found = _playable(caller, item, lesson, course)
    structure = _structure(found)
    if isinstance(known, PackageRegistration):
        return known, structure
    made = PackageRegistration(
        user_id=caller.user_id,
        content_id=content_id,
        lesson_id=place,
        course_id=lesson.course_id if lesson else None,
        registration_id=str(uuid5(NAMESPACE_URL, f"{context.tenant()}/{caller.user_id}/{content_id}/{place}")),
        title=lesson.title if lesson else found.title,
        form=structure["format"],
        archive_key=_file(found, "original"),
        unit_count=len(structure["units"]),
    )
    if structure["format"] == "cmi5":
        made.satisfied = [at for at, unit in enumerate(structure["units"]) if unit["moves_on"] == "NotApplicable"]
    return made, structure


def _playable(
    caller: Principal, item: Entity | None, lesson: Lesson | None, course: list[Entity | None]
) -> ContentItem:
    if not isinstance(item, ContentItem) or item.state == "deleted":
        raise NotFound("There is no such content item.")
    if lesson:
        if lesson.content_id != item.content_id:
            raise NotFound("This lesson does not show this content item.")
        taught = course_access.visible(caller, *course)
        if not lesson.is_preview:
            course_access.require_learning(caller, taught, course[1])
    elif item.state != "published" and not may_touch(caller, item.owner_id, Permission.MODERATE):
        raise NotFound("There is no such content item.")
    if item.type != "package" or not item.files or item.state in _NOT_GOOD:
        raise rule_violation("NOT_PLAYABLE", "This content item is no package that is ready.")
    return item


def _file(item: ContentItem, name: str) -> str:
    found = next((str(each["key"]) for each in item.files if each["name"] == name), None)
    if found is None:
        raise rule_violation("NOT_PLAYABLE", _OLD)
    return found


def _structure(item: ContentItem) -> Structure:
    answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=_file(item, "structure"))
    with closing(answer["Body"]) as body:
        structure: Structure = json.loads(body.read())
    return structure


def _next(registration: PackageRegistration) -> int:
    done = {int(each) for each in registration.satisfied}
    return next((number for number in range(int(registration.unit_count)) if number not in done), 0)


def _sit(registration: PackageRegistration, number: int, said: dict[str, Any]) -> PackageUnit:
    at: dict[str, Any] = {
        "user_id": registration.user_id,
        "registration_id": registration.registration_id,
        "number": number,
    }
    unit = PackageUnit.fetch(**at, consistent=True) or PackageUnit(**at, session_id="", state="new")
    unit.unit = said
    return unit


def _sitting(caller: Principal, registration: PackageRegistration, unit: PackageUnit) -> PlaySession:
    return PlaySession(
        tenant=context.tenant(),
        user_id=caller.user_id,
        role=caller.role.value,
        login=caller.session_id,
        rights=caller.version,
        content_id=registration.content_id,
        lesson_id=registration.lesson_id,
        registration_id=registration.registration_id,
        number=int(unit.number),
        session_id=str(uuid5(NAMESPACE_OID, ids.new_id())),
        form=registration.form,
        archive_key=registration.archive_key,
    )


def _state(registration: PackageRegistration, structure: Structure) -> PackageState:
    done = {int(each) for each in registration.satisfied}
    units = [
        UnitState(
            unit=number,
            title=unit["title"],
            score=_thousandths(registration.scores.get(str(number))),
            is_satisfied=number in done,
        )
        for number, unit in enumerate(structure["units"])
    ]
    return PackageState(
        content_id=registration.content_id,
        lesson_id=None if registration.lesson_id == ALONE else registration.lesson_id,
        registration_id=registration.registration_id,
        title=registration.title,
        format=registration.form,
        units=units,
        score=int(registration.score) if registration.score is not None else None,
        completed_at=registration.completed_at,
    )


def _thousandths(score: str | None) -> int | None:
    return None if score is None else round(Decimal(score) * _THOUSAND)
