"""The list of courses: one query by title or, in a department, by level; two requests by age, students or rating."""

from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import Detail, Forbidden, ValidationFailed
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, find
from lyceum.kit.values.text import without_accents
from lyceum.model.courses.course import Course, CourseRanking

from functions.courses.schemas import CourseQuery

_BY_RANKING: dict[str, dict[str, Any]] = {"newest": {}, "popular": {"index": "gsi1"}, "rated": {"index": "gsi2"}}


def search(caller: Principal | None, query: CourseQuery) -> Slice[Course]:
    """Read a page of courses.

    Raises Forbidden for drafts that are not the caller's own, and ValidationFailed for an order that the filters do not
    have.
    """
    is_own = caller is not None and query.instructor_id == caller.user_id
    if query.status == "draft" and not is_own and not (caller and caller.may(Permission.MANAGE_CATALOGUE)):
        raise Forbidden("Name yourself as instructor to see your drafts; others' are not shown.")
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
