"""Courses by a school's roster: opened for its classes, and people put in and taken out by the school's word.

The school decides who is in a class, so neither seats, price nor prerequisites are asked for.
"""

from typing import Any

from lyceum.events.courses import CourseEnrolled, CourseLeft, CourseTaught, CourseUpdated
from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict
from lyceum.kit.event import Event
from lyceum.kit.identity import Permission, Role, role_sets
from lyceum.kit.identity.permissions import acting_role
from lyceum.kit.table import Unit
from lyceum.kit.values.text import without_accents
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.users.account import User


def open_course(unit: Unit, instructor_id: str, title: str, description: str) -> Course:
    """Add a draft for a class, which its people see and nobody else, until its teacher publishes it."""
    course = Course(
        course_id=ids.new_id(),
        instructor_id=instructor_id,
        status="draft",
        title=title,
        sort_title=without_accents(title),
        description=description or None,
    )
    unit.create(course).create(CourseOutline(course_id=course.course_id))
    unit.create(Seats(course_id=course.course_id, state="closed"))
    return course


def rename(unit: Unit, course: Course, title: str) -> None:
    """Give a course the title that its class has now."""
    course.title, course.sort_title = title, without_accents(title)
    _edit(unit, course, "title", "sort_title", events=[CourseUpdated(course_id=course.course_id)])


def enter(unit: Unit, course_id: str, user_id: str, known: Enrolment | None, roster_class: str) -> None:
    """Put a student into a course, or in again with all that was completed before."""
    enrolment = known or Enrolment(course_id=course_id, user_id=user_id)
    enrolment.state, enrolment.enrolled_at, enrolment.left_at = "active", clock.now(), None
    enrolment.roster_class = roster_class
    unit.save(enrolment, CourseEnrolled(course_id=course_id, user_id=user_id))
    unit.change(Seats.at(course_id=course_id), Seats.taken.add(1))


def leave(unit: Unit, enrolment: Enrolment) -> None:
    """Take a student out of a course; what was completed is kept."""
    enrolment.state, enrolment.left_at = "left", clock.now()
    unit.replace(enrolment, CourseLeft(course_id=enrolment.course_id, user_id=enrolment.user_id))
    unit.change(Seats.at(course_id=enrolment.course_id), Seats.taken.add(-1))


def teach(unit: Unit, course: Course, user: User, *, as_instructor: bool) -> None:
    """Let somebody teach a course, as its instructor or beside them."""
    others = set(course.teacher_ids or ())
    if as_instructor:
        course.instructor_id = user.user_id
    else:
        others.add(user.user_id)
    course.teacher_ids = (others - {course.instructor_id}) or None
    taught: list[Event] = [CourseUpdated(course_id=course.course_id)]
    taught.append(CourseTaught(course_id=course.course_id, user_id=user.user_id))
    _edit(unit, course, "teacher_ids", "instructor_id", events=taught)


def stop_teaching(unit: Unit, course: Course, user_id: str) -> None:
    """Let somebody teach a course no more, who does so beside its instructor."""
    course.teacher_ids = (set(course.teacher_ids or ()) - {user_id}) or None
    _edit(unit, course, "teacher_ids", events=[CourseUpdated(course_id=course.course_id)])


def may_teach(user: User) -> bool:
    """Say whether somebody's role lets them write courses."""
    role = acting_role(Role(user.role), is_verified=bool(user.is_verified))
    is_active = user.status_at(clock.now()) == "active"
    return is_active and Permission.WRITE_COURSES in role_sets.granted(context.tenant(), role)


def _edit(unit: Unit, course: Course, *names: str, events: Any) -> None:
    """Store fields of a course as its next revision, if nobody edited it since it was read."""
    read = course.revision
    course.revision = int(read) + 1
    changed = Conflict("This course was changed meanwhile.", code="EDIT_CONFLICT")
    unchanged = (Course.revision == read) & (Course.status != "deleted")
    unit.amend(course, *names, "revision", when=unchanged, events=events, refuse=changed)
