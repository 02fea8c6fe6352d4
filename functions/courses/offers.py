"""The list of courses: one query, by title or, within a department, by level."""

from typing import Any

from lyceum.errors import Detail, Forbidden, ValidationFailed
from lyceum.identity import Permission, Principal
from lyceum.model import Course
from lyceum.table import Slice, find
from lyceum.text import normalise

from courses.schemas import CourseQuery


def search(caller: Principal | None, query: CourseQuery) -> Slice[Course]:
    """Read a page of courses; raises Forbidden for drafts that are not the caller's own."""
    is_own = caller is not None and query.instructor_id == caller.user_id
    if query.status == "draft" and not is_own and not (caller and caller.may(Permission.MANAGE_CATALOGUE)):
        raise Forbidden("Name yourself as instructor to see your drafts; others' are not shown.")
    by_level = query.sort.endswith("level")
    if by_level and query.department_id is None:
        raise ValidationFailed("Name a department to sort by level.", details=[Detail("query.departmentId", "is needed to sort by level")])
    within: dict[str, Any] = {"index": "gsi1", "department_id": query.department_id} if by_level else {"index": "gsi2", "status": query.status}
    if by_level and query.level is not None:
        within["level"] = query.level
    condition = Course.status == query.status
    for name in ("category", "difficulty", "instructor_id", "department_id", "level"):
        value = getattr(query, name)
        if value is not None:
            condition &= getattr(Course, name) == value
    if query.search:
        condition &= Course.sort_title.contains(normalise(query.search)) | Course.code.contains(query.search.upper())
    is_descending = query.sort.startswith("-")
    return find(Course, limit=query.limit, after=query.start_key(), where=condition, descending=is_descending, **within)
