"""Which courses have to be completed before which: never twice, never in a circle.

Whether a new edge closes a circle is found by walking the graph; that nobody adds another edge meanwhile is a condition
on the version of the graph as a whole, in the transaction that adds it.
"""

from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.courses.course import Course, DependentCourse, PrerequisiteGraph
from lyceum.rules.courses import course_access, course_audits

from functions.courses.schemas.prerequisites import Prerequisites

_MOST = 10
_TRIES = 5


class _GraphChanged(Conflict):
    """Another edge was added since the graph was read."""


def add(caller: Principal, course_id: str, prerequisite_id: str) -> Prerequisites:
    """Ask for a course first.

    Raises Conflict DUPLICATE_PREREQUISITE and RuleViolation (PREREQUISITE_CYCLE, TOO_MANY_PREREQUISITES).
    """
    for _ in range(_TRIES):
        try:
            return _add(caller, course_id, prerequisite_id)
        except _GraphChanged:
            continue
    raise Conflict("Prerequisites are being edited elsewhere. Please try again.", code="EDIT_CONFLICT")


def _add(caller: Principal, course_id: str, prerequisite_id: str) -> Prerequisites:
    graph = PrerequisiteGraph.fetch(consistent=True)
    found, other = batch_fetch([Course.at(course_id=course_id), Course.at(course_id=prerequisite_id)], consistent=True)
    course = course_access.taught(caller, found)
    wanted = course_access.visible(caller, other)
    before = set(course.prerequisite_ids or ())
    duplicate = Conflict("This course is asked for already.", code="DUPLICATE_PREREQUISITE")
    if prerequisite_id in before:
        raise duplicate
    if len(before) >= _MOST:
        raise rule_violation("TOO_MANY_PREREQUISITES", f"A course asks for {_MOST} others at most.")
    if course_id == prerequisite_id or course_id in _all_before(wanted):
        raise rule_violation(
            "PREREQUISITE_CYCLE", "This course is itself needed, directly or not, for the one that it would ask for."
        )
    changed = _GraphChanged("The prerequisites changed meanwhile.")
    is_same = PrerequisiteGraph.pk.does_not_exist() if graph is None else PrerequisiteGraph.version == graph.version
    unit = Unit().change(
        PrerequisiteGraph.at(), PrerequisiteGraph.edge_count.add(1), when=is_same, or_create=True, refuse=changed
    )
    unit.change(course, Course.prerequisite_ids.add({prerequisite_id}), when=Course.status != "deleted", refuse=changed)
    unit.check(wanted, Course.status != "deleted", refuse=changed)
    unit.create(DependentCourse(course_id=prerequisite_id, dependent_id=course_id), refuse=duplicate)
    after = {"prerequisiteId": prerequisite_id}
    course_audits.note(unit, caller.user_id, course, "prerequisite.add", course_id, after=after)
    unit.commit()
    return Prerequisites(course_id=course_id, prerequisite_ids=sorted({*before, prerequisite_id}))


def _all_before(course: Course) -> set[str]:
    """Return everything that a course asks for, directly or not; one request for each step of the longest chain."""
    known: set[str] = set()
    fresh = set(course.prerequisite_ids or ())
    while fresh:
        known |= fresh
        read = batch_fetch([Course.at(course_id=each) for each in sorted(fresh)], consistent=True)
        fresh = {each for other in read if isinstance(other, Course) for each in other.prerequisite_ids or ()} - known
    return known


def remove(caller: Principal, course_id: str, prerequisite_id: str) -> None:
    """Ask for a course no longer; raises NotFound when it was not asked for."""
    course = course_access.taught_by_id(caller, course_id)
    missing = NotFound("This course is not asked for.")
    if prerequisite_id not in (course.prerequisite_ids or ()):
        raise missing
    is_there = Course.prerequisite_ids.contains(prerequisite_id)
    unit = Unit().change(course, Course.prerequisite_ids.delete({prerequisite_id}), when=is_there, refuse=missing)
    unit.remove(DependentCourse.at(course_id=prerequisite_id, dependent_id=course_id))
    before = {"prerequisiteId": prerequisite_id}
    course_audits.note(unit, caller.user_id, course, "prerequisite.remove", course_id, before=before)
    unit.commit()
