"""Making, changing and taking away assignments."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from lyceum.events.assignments import AssignmentCreated
from lyceum.events.courses import CoursePartChanged
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, PreconditionFailed, rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.assignments import Assignment, AssignmentStatistics, AssignmentText, Extensions, Rubric
from lyceum.model.audit import audit
from lyceum.model.courses.course import Course
from lyceum.model.courses.lessons import Lesson
from lyceum.rules.courses import course_access, course_audits
from lyceum.rules.courses.due_dates import own_due_at
from lyceum.tasks.assignments import ReassessAssignment

from functions.assignments import course_index
from functions.assignments.detail import AssignmentDetail, read_detail, taught_detail
from functions.assignments.lateness import in_zone
from functions.assignments.schemas.assignments import AssignmentFields, ChangedAssignment, Extension, NewAssignment
from functions.assignments.schemas.rubrics import NewRubric

_APART = {"course_id", "instructions", "extensions", "due_at", "points"}


def create(caller: Principal, wanted: NewAssignment) -> AssignmentDetail:
    """Set an assignment in one's own course; raises RuleViolation LESSON_NOT_HERE for a lesson of another course."""
    course = _course(caller, wanted.course_id, wanted.lesson_id)
    assignment = Assignment(assignment_id=ids.new_id(), course_id=course.course_id, instructor_id=course.instructor_id)
    _fill(assignment, course, wanted)
    created = AssignmentCreated(
        assignment_id=assignment.assignment_id,
        course_id=course.course_id,
        title=assignment.title,
        due_at=assignment.due_at,
    )
    unit = Unit().create(assignment, created).create(AssignmentStatistics(assignment_id=assignment.assignment_id))
    gone = NotFound("There is no such course.")
    unit.check(course, Course.pk.exists() & (Course.status != "deleted"), refuse=gone)
    if wanted.instructions:
        unit.create(AssignmentText(assignment_id=assignment.assignment_id, instructions=wanted.instructions))
    course_index.enter(unit, assignment)
    course_audits.note(unit, caller.user_id, course, "assignment.create", assignment.assignment_id)
    unit.commit()
    return read_detail(assignment.assignment_id)


def update(caller: Principal, assignment_id: str, wanted: ChangedAssignment, expect: int | None) -> AssignmentDetail:
    """Replace an assignment's fields; raises PreconditionFailed or Conflict when it was changed meanwhile.

    Raises RuleViolation POINTS_FIXED when the points of a graded assignment, or of one with a rubric, would change.
    """
    detail, _ = taught_detail(caller, assignment_id)
    assignment, terms = detail.assignment, _terms(detail.assignment, detail.extensions)
    course = _course(caller, assignment.course_id, wanted.lesson_id)
    if Decimal(assignment.points) != wanted.points and (assignment.graded_count or detail.rubric):
        raise rule_violation("POINTS_FIXED", "There are grades or a rubric in these points already.")
    _fill(assignment, course, wanted)
    extensions = _extensions(detail, wanted, course.time_zone)
    reassess = []
    if _terms(assignment, extensions) != terms:
        assignment.terms_revision = int(assignment.terms_revision) + 1
        reassess = [ReassessAssignment(assignment_id=assignment_id, course_id=assignment.course_id)]
    changed = CoursePartChanged(
        course_id=assignment.course_id,
        part="assignment",
        part_id=assignment_id,
        title=assignment.title,
        due_at=assignment.due_at,
    )
    unit = Unit().replace(assignment, changed, *reassess, expect=expect)
    if wanted.instructions:
        unit.put(AssignmentText(assignment_id=assignment_id, instructions=wanted.instructions))
    elif detail.text:
        unit.remove(detail.text)
    if extensions:
        unit = unit.replace(extensions) if extensions.version else unit.create(extensions)
    course_index.enter(unit, assignment, has_extensions=bool(extensions and extensions.by_user))
    course_audits.note(unit, caller.user_id, course, "assignment.change", assignment_id)
    unit.commit()
    return read_detail(assignment_id)


def _terms(assignment: Assignment, extensions: Extensions | None) -> tuple[Any, ...]:
    return assignment.due_at, assignment.late_policy, extensions.by_user if extensions else {}


def delete(caller: Principal, assignment_id: str, expect: int | None, *, is_forced: bool) -> None:
    """Take an assignment away; one with grades only by an admin's force, and then what was graded stays on record.

    Raises Conflict HAS_GRADES, also when the first grade comes at the same moment.
    """
    detail, course = taught_detail(caller, assignment_id)
    assignment = detail.assignment
    if expect is not None and expect != assignment.version:
        raise PreconditionFailed("This assignment was changed since you read it.")
    graded = Conflict(
        "Work was graded already; only an admin can take this assignment away, by force.", code="HAS_GRADES"
    )
    may_force = is_forced and caller.may(Permission.MANAGE_CATALOGUE)
    if assignment.graded_count and not may_force:
        raise graded
    is_as_read = Assignment.graded_count == assignment.graded_count
    unit = Unit().remove(assignment, when=is_as_read, refuse=_changed() if may_force else graded)
    course_index.drop(unit, assignment)
    before = {"graded": int(assignment.graded_count)}
    if may_force:
        unit.create(audit("assignment.delete", assignment_id, before=before, after={}))
    else:
        course_audits.note(unit, caller.user_id, course, "assignment.delete", assignment_id, before=before)
    unit.commit()


def set_rubric(caller: Principal, assignment_id: str, wanted: NewRubric) -> Rubric:
    """Say by what an assignment is graded.

    Grades that were given keep what they chose and the rubric that they chose it from. Raises RuleViolation
    RUBRIC_POINTS unless the best levels add up to the assignment's points.
    """
    detail, course = taught_detail(caller, assignment_id)
    assignment = detail.assignment
    best = sum((max(level.points for level in criterion.levels) for criterion in wanted.criteria), Decimal(0))
    if best != Decimal(assignment.points):
        raise rule_violation(
            "RUBRIC_POINTS", f"The best levels add up to {best}, and the assignment has {assignment.points} points."
        )
    rubric = Rubric.fetch(assignment_id=assignment_id, consistent=True) or Rubric(assignment_id=assignment_id)
    rubric.criteria = wanted.model_dump(mode="json")["criteria"]
    unit = Unit().replace(rubric) if rubric.version else Unit().create(rubric)
    unit.check(assignment, Assignment.version == assignment.version, refuse=_changed())
    course_audits.note(unit, caller.user_id, course, "assignment.rubric", assignment_id)
    unit.commit()
    return rubric


def _changed() -> Conflict:
    return Conflict("This assignment was changed meanwhile.", code="EDIT_CONFLICT")


def _course(caller: Principal, course_id: str, lesson_id: str | None) -> Course:
    named = [Course.at(course_id=course_id), *([Lesson.at(lesson_id=lesson_id)] if lesson_id else [])]
    found, *lessons = batch_fetch(named)
    course = course_access.taught(caller, found)
    if lesson_id and not (isinstance(lessons[0], Lesson) and lessons[0].course_id == course_id):
        raise rule_violation("LESSON_NOT_HERE", "This course has no such lesson.")
    return course


def _fill(assignment: Assignment, course: Course, wanted: AssignmentFields) -> None:
    for name, value in wanted.model_dump(exclude=_APART, mode="json").items():
        setattr(assignment, name, value)
    assignment.points = str(wanted.points)
    due_at = in_zone(wanted.due_at, course.time_zone) if wanted.due_at else None
    if due_at != assignment.due_at or assignment.reminder is None:
        assignment.reminder = "pending" if due_at and due_at > clock.now() else None
        assignment.reminded_hours = None
    assignment.due_at = due_at
    assignment.due_day = due_day(due_at) if due_at else None


def due_day(moment: datetime) -> str:
    """Name the UTC day of a due date, as the index partitions do."""
    return f"{moment:%Y-%m-%d}"


def _extensions(detail: AssignmentDetail, wanted: ChangedAssignment, zone: str) -> Extensions | None:
    """Return the extensions as they are to be, with the dates to remind of; None where there never were any."""
    if wanted.extensions is None and detail.extensions is None:
        return None
    assignment = detail.assignment
    extensions = detail.extensions or Extensions(assignment_id=assignment.assignment_id)
    extensions.course_id = assignment.course_id
    if wanted.extensions is not None:
        extensions.by_user = _by_user(wanted.extensions, zone)
    own = {own_due_at(assignment.due_at, each) for each in extensions.by_user.values()}
    dates = sorted(each for each in own if each and each != assignment.due_at and each > clock.now())
    remind_next(extensions, dates)
    return extensions


def _by_user(wanted: list[Extension], zone: str) -> dict[str, Any]:
    return {
        each.user_id: {
            "due_at": clock.iso(in_zone(each.due_at, zone)) if each.due_at else None,
            "extra_attempts": each.extra_attempts,
        }
        for each in wanted
    }


def remind_next(extensions: Extensions, dates: Sequence[datetime]) -> None:
    """Let extensions wait for the first of these dates, unless they do already, and keep the others for later."""
    first = next(iter(dates), None)
    if first != extensions.due_at or extensions.reminder is None:
        extensions.reminder, extensions.reminded_hours = "pending" if first else None, None
    extensions.due_at, extensions.due_day = first, due_day(first) if first else None
    extensions.later_dates = [clock.iso(each) for each in dates[1:]]
