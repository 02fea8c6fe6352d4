"""Objects of the roster as readers get them."""

from lyceum.kit import clock, context
from lyceum.kit.settings import settings
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User

from functions.integrations.rosters.asking import ROOT
from functions.integrations.rosters.schemas import (
    Reference,
    RosterClass,
    RosterEnrollment,
    RosterOrg,
    RosterRole,
    RosterSession,
    RosterUser,
)

_ROLES = {
    "student": "student",
    "mentor": "tutor",
    "instructor": "teacher",
    "moderator": "aide",
    "admin": "administrator",
    "super_admin": "administrator",
}
ROLES = {"student": "student", "tutor": "mentor", "teacher": "instructor", "aide": "moderator"}
"""Roles of the standard that stand for one of ours."""


def _reference(collection: str, kind: str, sourced_id: str) -> Reference:
    href = f"{settings().api_url}{ROOT}/{collection}/{sourced_id}"
    return Reference(href=href, sourced_id=sourced_id, type=kind)


def _school() -> Reference:
    return _reference("orgs", "org", context.tenant())


def _year() -> str:
    return f"year-{clock.now().year}"


def org(name: str) -> RosterOrg:
    """Show the organisation, which is one school."""
    return RosterOrg(
        sourced_id=context.tenant(),
        status="active",
        date_last_modified=clock.now().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0),
        name=name,
        type="school",
        identifier=context.tenant(),
    )


def session() -> RosterSession:
    """Show the present calendar year: courses are not tied to terms here."""
    now = clock.now()
    return RosterSession(
        sourced_id=_year(),
        status="active",
        date_last_modified=now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0),
        title=str(now.year),
        type="schoolYear",
        start_date=f"{now.year}-01-01",
        end_date=f"{now.year + 1}-01-01",
        school_year=str(now.year),
    )


def user(found: User) -> RosterUser:
    """Show a person."""
    return RosterUser(
        sourced_id=found.user_id,
        status="tobedeleted" if found.status == "deleted" else "active",
        date_last_modified=found.updated_at,
        enabled_user="true" if found.status_at(clock.now()) == "active" else "false",
        username=found.username,
        given_name=found.first_name,
        family_name=found.last_name,
        email=found.email,
        roles=[RosterRole(role=_ROLES[str(found.role)], org=_school())],
    )


def class_of(found: Course) -> RosterClass:
    """Show a course as a class."""
    return RosterClass(
        sourced_id=found.course_id,
        status="active" if found.status == "published" else "tobedeleted",
        date_last_modified=found.updated_at,
        title=found.title,
        class_code=found.code or None,
        class_type="scheduled",
        school=_school(),
        terms=[_reference("academicSessions", "academicSession", _year())],
    )


def learning(found: Enrolment) -> RosterEnrollment:
    """Show that somebody learns in a class, or did."""
    has_left = found.state != "active"
    row = _enrolled("student", found.course_id, found.user_id)
    return row.model_copy(
        update={
            "status": "tobedeleted" if has_left else "active",
            "date_last_modified": found.updated_at,
            "begin_date": clock.iso(found.enrolled_at)[:10],
            "end_date": clock.iso(found.left_at)[:10] if has_left and found.left_at else None,
        }
    )


def teaching(course: Course) -> list[RosterEnrollment]:
    """Show who teaches a class, its instructor first."""
    others = sorted(set(course.teacher_ids or ()) - {course.instructor_id})
    return [
        _enrolled("teacher", course.course_id, teacher_id).model_copy(
            update={"primary": "true" if place == 0 else "false", "date_last_modified": course.updated_at}
        )
        for place, teacher_id in enumerate([course.instructor_id, *others])
    ]


def _enrolled(role: str, course_id: str, user_id: str) -> RosterEnrollment:
    return RosterEnrollment.model_validate(
        {
            "sourced_id": f"{course_id}-{user_id}",
            "status": "active",
            "role": role,
            "primary": "false",
            "user": _reference("users", "user", user_id),
            "class": _reference("classes", "class", course_id),
            "school": _school(),
        }
    )
