"""Entering and leaving courses. A seat and an enrolment are taken in one transaction, so a course is never overfull."""

from contextlib import suppress

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

from functions.courses.enrolments import progress


def enrol(caller: Principal, course_id: str) -> Enrolment:
    """Enter a course, or enter it again with all that was completed before, which may complete the course by now.

    Raises Conflict (ALREADY_ENROLLED, COURSE_FULL) and RuleViolation (PREREQUISITES_MISSING with each course,
    PAYMENT_NEEDED).
    """
    entitled = Entitlement.at(user_id=caller.user_id, product=f"COURSE#{course_id}")
    at = Enrolment.at(course_id=course_id, user_id=caller.user_id)
    parts = [CourseOutline.at(course_id=course_id), AssignmentIndex.at(course_id=course_id)]
    read = batch_fetch([Course.at(course_id=course_id), at, entitled, *parts], consistent=True)
    found, earlier, entitlement, outline, index = read
    course = course_access.visible(caller, found)
    if course_access.is_learning(earlier):
        raise _already_in()
    _require_completed(caller, course)
    _require_paid(course, entitlement)
    enrolment = earlier if isinstance(earlier, Enrolment) else Enrolment(course_id=course_id, user_id=caller.user_id)
    enrolment.state, enrolment.enrolled_at, enrolment.left_at = "active", clock.now(), None
    completed = progress.complete_if_done(course, course_parts.Parts.of(outline, index), enrolment)
    store = Unit().create if earlier is None else Unit().replace
    enrolled = CourseEnrolled(course_id=course_id, user_id=caller.user_id)
    unit = store(enrolment, enrolled, *completed, refuse=_already_in())
    is_free = Seats.capacity.does_not_exist() | (Seats.taken < Seats.capacity)
    unit.change(Seats.at(course_id=course_id), Seats.taken.add(1), when=(Seats.state == "open") & is_free)
    try:
        unit.commit()
    except ConditionFailed as failure:
        raise _no_seat(failure) from None
    return progress.settle(course_id, caller.user_id) or enrolment if earlier else enrolment


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
    unit = Unit().change(at, *leaving, when=Enrolment.state == "active", events=[left], refuse=not_enrolled)
    unit.change(Seats.at(course_id=course_id), Seats.taken.add(-1)).commit()


def _already_in() -> Conflict:
    return Conflict("You are enrolled in this course already.", code="ALREADY_ENROLLED")


def _no_seat(failure: ConditionFailed) -> Conflict | NotFound:
    if failure.item is None or Seats.from_raw_data(failure.item).state != "open":
        return NotFound("There is no such course.")
    return Conflict("Every place in this course is taken.", code="COURSE_FULL")


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
