"""The list of courses: one query by title or, in a department, by level; two requests by age, students or rating.

With words it is what the search finds; until a tenant has an index, storage compares them with titles and codes.
"""

from collections.abc import Callable
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import Detail, Forbidden, ValidationFailed
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, cut, find
from lyceum.kit.values.text import without_accents
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.search.engine import best_of
from lyceum.search.queries import grants_of

from functions.courses.schemas.courses import CourseQuery

_BY_RANKING: dict[str, dict[str, Any]] = {"newest": {}, "popular": {"index": "gsi1"}, "rated": {"index": "gsi2"}}


def search(caller: Principal | None, query: CourseQuery) -> Slice[Course]:
    """Read a page of courses.

    Raises Forbidden for drafts that are not the caller's own, and ValidationFailed for an order that the filters do not
    have.
    """
    is_own = caller is not None and query.instructor_id == caller.user_id
    if query.status == "draft" and not is_own and not (caller and caller.may(Permission.MANAGE_CATALOGUE)):
        raise Forbidden("Name yourself as instructor to see your drafts; others' are not shown.")
    if query.search and query.status == "published":
        found = best_of("course", query.search, grants_of(caller))
        if found is not None:
            return _found(query, [str(hit.document["item_id"]) for hit in found])
    if query.sort in _BY_RANKING:
        return _by_ranking(query)
    by_level = query.sort.endswith("level")
    if by_level and query.department_id is None:
        raise ValidationFailed(
            "Name a department to sort by level.", details=[Detail("departmentId", "is needed to sort by level")]
        )
    within: dict[str, Any] = (
        {"index": "gsi1", "department_id": query.department_id}
        if by_level
        else {"index": "gsi2", "status": query.status}
    )
    if by_level and query.level is not None:
        within["level"] = query.level
    wanted = _wanted(Course, query, Course.status == query.status)
    return find(
        Course,
        limit=query.limit,
        after=query.start_key(),
        where=wanted,
        descending=query.sort.startswith("-"),
        **within,
    )


_ORDERS: dict[str, Callable[[Course], Any]] = {
    "title": lambda course: course.sort_title or "",
    "level": lambda course: (int(course.level), course.code),
    "newest": lambda course: -course.created_at.timestamp() if course.created_at else 0,
    "popular": lambda course: -int(course.enrolment_count),
    "rated": lambda course: -(course.rating_sum / course.rating_count if course.rating_count else 0),
}


def _found(query: CourseQuery, course_ids: list[str]) -> Slice[Course]:
    """Read what the search found, the best first or in the order asked for (1 request for a hundred)."""
    found = batch_fetch([Course.at(course_id=each) for each in course_ids])
    courses = [each for each in found if isinstance(each, Course) and _is_wanted(each, query)]
    if "sort" in query.model_fields_set:
        courses.sort(key=_ORDERS[query.sort.lstrip("-")], reverse=query.sort.startswith("-"))
    return cut(courses, lambda course: str(course.course_id), limit=query.limit, after=query.start_key())


def _is_wanted(course: Course, query: CourseQuery) -> bool:
    wanted = {name: getattr(query, name) for name in ("category", "difficulty", "department_id", "level")}
    teachers = {course.instructor_id, *(course.teacher_ids or ())}
    return (
        course.status == query.status
        and all(value is None or getattr(course, name) == value for name, value in wanted.items())
        and (query.instructor_id is None or query.instructor_id in teachers)
    )


def _by_ranking(query: CourseQuery) -> Slice[Course]:
    if query.status != "published":
        raise ValidationFailed("Drafts are listed by title.", details=[Detail("sort", "is for published courses")])
    wanted = _wanted(CourseRanking, query)
    found = find(
        CourseRanking,
        limit=query.limit,
        after=query.start_key(),
        where=wanted,
        descending=True,
        **_BY_RANKING[query.sort],
    )
    courses = batch_fetch([Course.at(course_id=each.course_id) for each in found.items])
    return Slice([each for each in courses if isinstance(each, Course) and each.status == "published"], found.last_key)


def _wanted(entity: type[Entity], query: CourseQuery, condition: Condition | None = None) -> Condition | None:
    """Return what a listed item must be like; courses and their rankings have the same names for it."""
    for name in ("category", "difficulty", "department_id", "level"):
        value = getattr(query, name)
        if value is not None:
            condition &= getattr(entity, name) == value
    if query.instructor_id:
        own, others = (getattr(entity, name) for name in ("instructor_id", "teacher_ids"))
        condition &= (own == query.instructor_id) | others.contains(query.instructor_id)
    if query.search:
        sort_title, code = (getattr(entity, name) for name in ("sort_title", "code"))
        condition &= sort_title.contains(without_accents(query.search)) | code.contains(query.search.upper())
    return condition
