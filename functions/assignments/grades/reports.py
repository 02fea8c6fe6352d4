"""Grade reports: what a student reached in each course."""

from lyceum.kit.errors import Forbidden
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Entity, batch_fetch, find_all
from lyceum.model.assignments import AssignmentIndex, GradeSheet
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.rules.courses import course_access
from lyceum.rules.courses.counted_grades import counted

from functions.assignments.grades.grade_totals import total
from functions.assignments.grades.schemas import CategoryTotal, CourseGrades, GradedPart, GradeReport

_PAGE = 100


def report(caller: Principal, user_id: str) -> GradeReport:
    """Report a student's released grades in every course (1 request for each 100 courses, and 1 for each 33).

    The student and admins see all of them, those of deleted courses too, and teachers those of their own courses.
    Raises Forbidden for anybody else.
    """
    sees_all = caller.user_id == user_id or caller.may(Permission.MANAGE_USERS)
    if not sees_all and not caller.may(Permission.WRITE_COURSES):
        raise Forbidden("These grades belong to somebody else.")
    sheets = list(find_all(GradeSheet, index="gsi1", user_id=user_id, limit=_PAGE))
    named: list[Entity] = []
    for sheet in sheets:
        named += [entity.at(course_id=sheet.course_id) for entity in (Course, AssignmentIndex, CourseOutline)]
    read = batch_fetch(named)
    shown = [
        _grades(sheet, course, index, outline)
        for sheet, course, index, outline in zip(sheets, read[::3], read[1::3], read[2::3], strict=True)
        if _may(caller, course, sees_all)
    ]
    return GradeReport(user_id=user_id, courses=[each for each in shown if each])


def _may(caller: Principal, course: Entity | None, sees_all: bool) -> bool:
    if not isinstance(course, Course):
        return False
    return sees_all or (course.status != "deleted" and course_access.is_teacher(caller, course))


def _grades(
    sheet: GradeSheet, course: Entity | None, index: Entity | None, outline: Entity | None
) -> CourseGrades | None:
    if not isinstance(course, Course):
        return None
    live = counted(sheet.entries, index, outline)
    result = total(live, course.grading)
    return CourseGrades(
        course_id=course.course_id,
        code=course.code or None,
        title=course.title,
        is_deleted=course.status == "deleted",
        percent=result.percent,
        letter=result.letter,
        categories=[
            CategoryTotal(category=name, weight=weight, percent=percent)
            for name, (weight, percent) in result.categories.items()
        ],
        grades=[
            GradedPart.model_validate({**live.get(name, entry), "id": name, "counts": name in live})
            for name, entry in sheet.entries.items()
        ],
        updated_at=sheet.updated_at,
    )
