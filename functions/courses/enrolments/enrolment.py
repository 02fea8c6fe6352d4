"""Entering and leaving courses. A seat and an enrolment are taken in one transaction, so a course is never overfull."""

from contextlib import suppress
from typing import NamedTuple

from lyceum.events.courses import CourseEnrolled, CourseLeft
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, Detail, NotFound, RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import ConditionFailed, Entity, Unit, batch_fetch, find_all
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.entitlements import Entitlement
from lyceum.rules.courses import course_access, course_parts

from functions.courses.enrolments import progress, seats

_TRIES = 4


def enrol(caller: Principal, course_id: str) -> Enrolment:
    """Enter a course, or enter it again with all that was completed before, which may complete the course by now.

    Costs one read and one transaction; of the last seats of a large course some more. Raises Conflict
    (ALREADY_ENROLLED, COURSE_FULL) and RuleViolation (PREREQUISITES_MISSING with each course, PAYMENT_NEEDED).
    """
    part = seats.own_part(caller.user_id)
    for tried in range(_TRIES):
        attempt = _prepare(caller, course_id)
        seats.take(attempt.unit, attempt.seats, part)
        try:
            attempt.unit.commit()
        except ConditionFailed as failure:
            refused = seats.refusal(failure, attempt.seats)
            other = seats.part_with_seats(attempt.seats, part) if isinstance(refused, Conflict) else None
            if other is None or tried == _TRIES - 1:
                raise refused from None
            part = other
        else:
            break
    settled = progress.settle(course_id, caller.user_id) if attempt.is_back else None
    return settled or attempt.enrolment


class _Attempt(NamedTuple):
    """An enrolment that is ready to be stored, but for its seat."""

    unit: Unit
    enrolment: Enrolment
    seats: Seats
    is_back: bool


def _prepare(caller: Principal, course_id: str) -> _Attempt:
    entitled = Entitlement.at(user_id=caller.user_id, product=f"COURSE#{course_id}")
    at = Enrolment.at(course_id=course_id, user_id=caller.user_id)
    parts = [CourseOutline.at(course_id=course_id), AssignmentIndex.at(course_id=course_id)]
    names = [Course.at(course_id=course_id), at, entitled, *parts, Seats.at(course_id=course_id)]
    found, earlier, entitlement, outline, index, places = batch_fetch(names, consistent=True)
    course = course_access.visible(caller, found)
    if course_access.is_learning(earlier):
        raise _already_in()
    _require_completed(caller, course)
    _require_paid(course, entitlement)
    if not isinstance(places, Seats) or places.state != "open":
        raise NotFound("There is no such course.")
    enrolment = earlier if isinstance(earlier, Enrolment) else Enrolment(course_id=course_id, user_id=caller.user_id)
    enrolment.state, enrolment.enrolled_at, enrolment.left_at = "active", clock.now(), None
    completed = progress.complete_if_done(course, course_parts.Parts.of(outline, index), enrolment)
    store = Unit().create if earlier is None else Unit().replace
    enrolled = CourseEnrolled(course_id=course_id, user_id=caller.user_id)
    unit = store(enrolment, enrolled, *completed, refuse=_already_in())
    return _Attempt(unit, enrolment, places, earlier is not None)


def leave(caller: Principal, course_id: str) -> None:
    """Leave a course and free the seat; what was completed is kept. Raises NotFound for somebody who is not in it."""
    _leave(caller.user_id, course_id)


def leave_all(user_id: str) -> None:
    """Take somebody whose account is gone out of every course; where they are not in any more, nothing changes."""
    for enrolment in find_all(Enrolment, index="gsi1", user_id=user_id):
        if enrolment.state == "active":
            with suppress(NotFound, ConditionFailed):  # they left meanwhile, or the course is gone
                _leave(user_id, enrolment.course_id)


def _leave(user_id: str, course_id: str) -> None:
    not_enrolled = NotFound("You are not enrolled in this course.")
    at = Enrolment.at(course_id=course_id, user_id=user_id)
    leaving = [Enrolment.state.set("left"), Enrolment.left_at.set(clock.now())]
    left = CourseLeft(course_id=course_id, user_id=user_id)
    places = Seats.fetch(course_id=course_id, consistent=True)
    if places is None:
        raise not_enrolled
    unit = Unit().change(at, *leaving, when=Enrolment.state == "active", events=[left], refuse=not_enrolled)
    seats.free(unit, places, user_id)
    unit.commit()


def _already_in() -> Conflict:
    return Conflict("You are enrolled in this course already.", code="ALREADY_ENROLLED")


def _require_completed(caller: Principal, course: Course) -> None:
    needed = sorted(course.prerequisite_ids or ())
    if not needed:
        return
    own = [Enrolment.at(course_id=each, user_id=caller.user_id) for each in needed]
    read = batch_fetch([*own, *(Course.at(course_id=each) for each in needed)])
    done, courses = read[: len(needed)], read[len(needed) :]
    missing = [
        Detail(course_id, _called(other))
        for course_id, enrolment, other in zip(needed, done, courses, strict=True)
        if not (isinstance(enrolment, Enrolment) and enrolment.completed_at) and _is_asked(other)
    ]
    if missing:
        raise RuleViolation(
            "Complete these courses first.",
            details=[Detail("", "The courses are named below.", "PREREQUISITES_MISSING"), *missing],
        )


def _called(course: Entity | None) -> str:
    return f"{course.code} {course.title}".strip() if isinstance(course, Course) else "A course that is gone."


def _is_asked(other: Entity | None) -> bool:
    return isinstance(other, Course) and other.status != "deleted"


def _require_paid(course: Course, entitlement: Entity | None) -> None:
    if not course.price:
        return
    ends_at = entitlement.ends_at if isinstance(entitlement, Entitlement) else None
    if isinstance(entitlement, Entitlement) and (ends_at is None or ends_at > clock.now()):
        return
    raise rule_violation("PAYMENT_NEEDED", "This course has to be bought first.")
