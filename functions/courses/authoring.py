"""Making, changing, publishing and deleting courses."""

import re
import unicodedata
from typing import Any

from lyceum.events.courses import CourseDeleted, CoursePublished, CourseUpdated
from lyceum.kit import ids
from lyceum.kit.errors import Conflict, NotFound, PreconditionFailed, rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Entity, Unit, find
from lyceum.kit.values.text import without_accents
from lyceum.model.assignments import GradeSheet
from lyceum.model.catalog import Department
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.rules.courses import course_access, course_audits
from lyceum.tasks.courses import PurgeCourse

from functions.courses.enrolments import seats
from functions.courses.schemas.courses import CourseFields, NewCourse


def create(caller: Principal, wanted: NewCourse) -> Course:
    """Add a course, the caller its instructor.

    Raises NotFound when there is no such department, and RuleViolation UPLOAD_NOT_READY for a picture that can not be
    used.
    """
    course_id = ids.new_id()
    course = Course(
        course_id=course_id,
        department_id=wanted.department_id,
        instructor_id=caller.user_id,
        status="published" if wanted.is_published else "draft",
        slug=slug(wanted.title, course_id),
        **_stored(wanted),
        **_picture(caller, None, wanted.thumbnail_upload_id),
    )
    events = [CoursePublished(course_id=course_id, instructor_id=caller.user_id)] if wanted.is_published else []
    unit = Unit()
    if wanted.department_id:
        missing = NotFound("There is no such department.")
        unit.check(Department.at(department_id=wanted.department_id), Entity.pk.exists(), refuse=missing)
    unit.create(course, *events).create(CourseOutline(course_id=course_id))
    seats.put(unit, course_id, wanted.capacity, is_open=wanted.is_published)
    unit.commit()
    return course


def update(caller: Principal, course_id: str, wanted: CourseFields, expect: int | None) -> Course:
    """Replace a course's own fields; raises PreconditionFailed or Conflict when it was edited meanwhile.

    Raises RuleViolation for a capacity below the number of students, and for a picture that can not be used.
    """
    course = _editable(caller, course_id, expect)
    had, had_zone = course.capacity, course.time_zone
    values = _stored(wanted) | _picture(caller, course, wanted.thumbnail_upload_id)
    for name, value in values.items():
        setattr(course, name, value)
    updated = CourseUpdated(course_id=course_id, has_new_zone=course.time_zone != had_zone)
    unit = edit(Unit(), course, *values, events=[updated])
    if wanted.capacity != had:
        seats.set_capacity(unit, course_id, wanted.capacity)
    course_audits.note(unit, caller.user_id, course, "course.change", course_id)
    unit.commit()
    return course


def publish(caller: Principal, course_id: str, expect: int | None, *, is_published: bool) -> Course:
    """Publish a course or make it a draft again; those who are in it stay. A second time changes nothing."""
    course = _editable(caller, course_id, expect)
    status = "published" if is_published else "draft"
    if course.status != status:
        course.status = status
        published = CoursePublished(course_id=course_id, instructor_id=course.instructor_id, is_open=is_published)
        unit = edit(Unit(), course, "status", events=[published])
        seats.set_state(unit, course_id, "open" if is_published else "closed")
        course_audits.note(unit, caller.user_id, course, "course.publish", course_id, after={"status": status})
        unit.commit()
    return course


def delete(caller: Principal, course_id: str, expect: int | None, *, is_forced: bool) -> None:
    """Make a course disappear at once; its parts are removed by a worker.

    What students completed and the grades they have stay theirs. Raises Forbidden for one who only teaches it beside
    its instructor, and Conflict HAS_GRADES for a course with released grades, unless an admin forces it.
    """
    course = course_access.owned(caller, _editable(caller, course_id, expect))
    may_force = is_forced and caller.may(Permission.MANAGE_CATALOGUE)
    if not may_force and find(GradeSheet, course_id=course_id, limit=1).items:
        raise Conflict("Students have grades in this course; only an admin can delete it, by force.", code="HAS_GRADES")
    gone = [
        Course.status.set("deleted"),
        *(key.remove() for key in (Course.gsi1pk, Course.gsi1sk, Course.gsi2pk, Course.gsi2sk)),
    ]
    messages = [CourseDeleted(course_id=course_id), PurgeCourse(course_id=course_id)]
    unit = Unit().change(course, *gone, when=Course.status != "deleted", events=messages)
    seats.set_state(unit, course_id, "closed")
    course_audits.note(unit, caller.user_id, course, "course.delete", course_id, after={"forced": may_force})
    unit.commit()


def _editable(caller: Principal, course_id: str, expect: int | None) -> Course:
    course = course_access.taught_by_id(caller, course_id)
    if expect is not None and expect != course.revision:
        raise PreconditionFailed("This course was changed since you read it.")
    return course


def edit(unit: Unit, course: Course, *names: str, events: Any = ()) -> Unit:
    """Store these fields of a course as the next revision, if nobody edited it since it was read."""
    read = course.revision
    course.revision = int(read) + 1
    changed = Conflict("This course was changed meanwhile.", code="EDIT_CONFLICT")
    is_unchanged = (Course.revision == read) & (Course.status != "deleted")
    return unit.amend(course, *names, "revision", when=is_unchanged, events=events, refuse=changed)


def _stored(wanted: CourseFields) -> dict[str, Any]:
    values = wanted.model_dump(exclude={"department_id", "is_published", "grading", "thumbnail_upload_id"})
    grading = wanted.grading.model_dump(mode="json") if wanted.grading else None
    catalogued = {"code": wanted.code or "", "level": wanted.level or 0}
    return values | catalogued | {"grading": grading, "sort_title": without_accents(wanted.title)}


def _picture(caller: Principal, course: Course | None, upload_id: str | None) -> dict[str, Any]:
    """Return what a course is to keep of its picture; one that it has already stays, whoever sent it."""
    if course is not None and upload_id == course.thumbnail_id:
        return {}
    if upload_id is None:
        return {"thumbnail_id": None, "thumbnail": []}
    upload = Upload.fetch(upload_id=upload_id)
    if upload is None or upload.owner_id != caller.user_id or upload.state != "ready":
        raise rule_violation("UPLOAD_NOT_READY", "This file is not yours, or it is not ready.")
    if not upload.content_type.startswith("image/"):
        raise rule_violation("NOT_AN_IMAGE", "A course is pictured by an image.")
    return {"thumbnail_id": upload_id, "thumbnail": sizes_of(upload)}


def sizes_of(upload: Upload) -> list[dict[str, Any]]:
    """Return what a course keeps of its picture: the sizes that were made of it."""
    return [{name: each[name] for name in ("name", "key", "width", "height")} for each in upload.variants]


def slug(title: str, course_id: str) -> str:
    """Write a title as it stands in addresses; the end of the id makes it the course's own."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:70].strip("-")
    return f"{words}-{course_id[-6:].lower()}".lstrip("-")
