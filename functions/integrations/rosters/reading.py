"""Rosters: who is here, which classes there are, and who is in which. Each page is read in at most two requests."""

from lyceum.kit import context
from lyceum.kit.errors import BadRequest, Detail, NotFound
from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.table import Slice, find, skipping
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.rules import sign_in_names

from functions.integrations.rosters import asking, rows
from functions.integrations.rosters.schemas import (
    ClassRows,
    EnrollmentRows,
    OneClass,
    OneOrg,
    OneUser,
    OrgRows,
    RosterClass,
    RosterQuery,
    RosterUser,
    SessionRows,
    UserRows,
)

_SIGN_IN = ("username", "email")
_CLASS, _USER = "class.sourcedId", "user.sourcedId"


def orgs(query: RosterQuery) -> OrgRows:
    """Return the one organisation."""
    asked = asking.equalities(query, {"sourcedId", "type"})
    is_meant = asked.get("sourcedId", context.tenant()) == context.tenant() and asked.get("type", "school") == "school"
    return OrgRows(orgs=asking.selected([rows.org(context.tenant())] if is_meant and not query.offset else [], query))


def org(sourced_id: str) -> OneOrg:
    """Return the organisation by its id; raises NotFound."""
    if sourced_id != context.tenant():
        raise NotFound("There is no such organisation.")
    return OneOrg(org=rows.org(context.tenant()))


def sessions(query: RosterQuery) -> SessionRows:
    """Return the one academic session."""
    asking.equalities(query, set())
    return SessionRows(academic_sessions=asking.selected([] if query.offset else [rows.session()], query))


def user(sourced_id: str) -> OneUser:
    """Return a person (1 storage request); raises NotFound."""
    return OneUser(user=rows.user(User.require(user_id=sourced_id)))


def users(query: RosterQuery, answer: AnswerHeaders) -> UserRows:
    """Return a page of people by last name, of all or of a role (2 storage requests)."""
    asking.check_sort(query, "familyName")
    asked = asking.equalities(query, {"sourcedId", "role", *_SIGN_IN})
    if set(asked) - {"role"}:
        return UserRows(users=asking.selected(_named(asked), query))
    role = rows.ROLES.get(asked["role"], "") if "role" in asked else None
    if role == "":
        return UserRows(users=[])
    after = skipping(query.offset) if query.offset else None
    page = (
        find(User, index="gsi1", limit=query.limit, after=after)
        if role is None
        else find(User, index="gsi2", role=role, limit=query.limit, after=after)
    )
    count = UserCount.fetch(group=role or "all")
    total = int(count.total) if count else None
    asking.link_on(answer, query, "users", goes_on=page.last_key is not None, total=total)
    return UserRows(users=asking.selected([rows.user(each) for each in page.items], query))


def _named(asked: dict[str, str]) -> list[RosterUser]:
    name = next((asked[each] for each in _SIGN_IN if each in asked), None)
    user_id = asked.get("sourcedId") or (sign_in_names.holder_of(name) if name else None)
    found = User.fetch(user_id=user_id) if user_id else None
    if found is None:
        return []
    row = rows.user(found)
    shown = {"sourcedId": row.sourced_id, "username": row.username, "email": row.email}
    shown["role"] = row.roles[0].role if row.roles else None
    return [row] if all((shown[name] or "").casefold() == value.casefold() for name, value in asked.items()) else []


def class_of(sourced_id: str) -> OneClass:
    """Return a class (1 storage request); raises NotFound, also for a draft."""
    return OneClass.model_validate({"class": rows.class_of(_course(sourced_id))})


def _course(course_id: str) -> Course:
    course = Course.require(course_id=course_id)
    if course.status == "draft":
        raise NotFound("There is no such class.")
    return course


def classes(query: RosterQuery, answer: AnswerHeaders) -> ClassRows:
    """Return a page of the published courses by title (1 storage request)."""
    asking.check_sort(query, "title")
    asked = asking.equalities(query, {"sourcedId"})
    if asked:
        course = Course.fetch(course_id=asked["sourcedId"])
        found: list[RosterClass] = [rows.class_of(course)] if course and course.status != "draft" else []
        return ClassRows(classes=asking.selected(found, query))
    after = skipping(query.offset) if query.offset else None
    page = find(Course, index="gsi2", status="published", limit=query.limit, after=after)
    asking.link_on(answer, query, "classes", goes_on=page.last_key is not None, total=None)
    return ClassRows(classes=asking.selected([rows.class_of(each) for each in page.items], query))


def enrollments(query: RosterQuery, answer: AnswerHeaders) -> EnrollmentRows:
    """Return who is in a class, its teachers first, or which classes somebody learns in (2 storage requests).

    Raises BadRequest with invalid_filter_field where neither is named: there is no list of all enrolments.
    """
    asked = asking.equalities(query, {_CLASS, _USER})
    if len(asked) != 1:
        told = f"Name a class or a person: {_CLASS}='...' or {_USER}='...'."
        raise BadRequest(told, details=[Detail("filter", told, "invalid_filter_field")])
    after = skipping(query.offset) if query.offset else None
    if _USER in asked:
        page: Slice[Enrolment] = find(Enrolment, index="gsi1", user_id=asked[_USER], limit=query.limit, after=after)
        found = [rows.learning(each) for each in page.items]
    else:
        course = _course(asked[_CLASS])
        page = find(
            Enrolment, course_id=course.course_id, from_sort="STUDENT#", to_sort="STUDENT$", limit=query.limit,
            after=after,
        )  # fmt: skip
        teachers = [] if query.offset else rows.teaching(course)
        found = [*teachers, *(rows.learning(each) for each in page.items)]
    asking.link_on(answer, query, "enrollments", goes_on=page.last_key is not None, total=None)
    return EnrollmentRows(enrollments=asking.selected(found, query))
