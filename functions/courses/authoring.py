"""Making courses."""

from lyceum import ids
from lyceum.errors import NotFound
from lyceum.identity import Principal
from lyceum.model import Course, Department
from lyceum.table import Entity, Unit

from courses.schemas import NewCourse


def create(caller: Principal, wanted: NewCourse) -> Course:
    """Add a course to a department, the caller its instructor; raises NotFound when there is no such department."""
    course = Course(course_id=ids.new_id(), instructor_id=caller.user_id, **wanted.model_dump())
    missing = NotFound("There is no such department.")
    Unit().check(Department.at(department_id=wanted.department_id), Entity.pk.exists(), refuse=missing).create(course).commit()
    return course
