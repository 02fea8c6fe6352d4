"""The students of a course, for its instructor."""

from lyceum.kit.http import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Slice, batch_fetch, find
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access, course_parts

from functions.courses.enrolments import people, progress
from functions.courses.enrolments.schemas import StudentRow

_MOST = 50


def page(caller: Principal, course_id: str, query: Listing) -> Page[StudentRow]:
    """Return a page of a course's students with names, progress and time, at most 50, in three requests.

    Those who left are no students of it any more; the gradebook has them, with what they reached.
    """
    named = [
        Course.at(course_id=course_id),
        CourseOutline.at(course_id=course_id),
        AssignmentIndex.at(course_id=course_id),
    ]
    found, outline, index = batch_fetch(named)
    course, parts = course_access.taught(caller, found), course_parts.Parts.of(outline, index)
    limit, after, is_active = min(query.limit, _MOST), query.start_key(_MOST), Enrolment.state == "active"
    enrolments = find(Enrolment, course_id=course_id, limit=limit, after=after, where=is_active)
    times: list[Entity] = [StudyTime.at(course_id=course_id, user_id=each.user_id) for each in enrolments.items]
    read = batch_fetch([*times, *(User.at(user_id=each.user_id) for each in enrolments.items)])
    count = len(enrolments.items)
    rows = [_row(parts, *each) for each in zip(enrolments.items, read[:count], read[count:], strict=True)]
    return query.page(Slice(rows, enrolments.last_key), StudentRow.model_validate, total=int(course.enrolment_count))


def _row(parts: course_parts.Parts, enrolment: Enrolment, studied: Entity | None, user: Entity | None) -> StudentRow:
    time = studied if isinstance(studied, StudyTime) else None
    return StudentRow(
        course_id=enrolment.course_id,
        user_id=enrolment.user_id,
        state=enrolment.state,
        enrolled_at=enrolment.enrolled_at,
        left_at=enrolment.left_at,
        completed_at=enrolment.completed_at,
        progress=progress.summary(parts, enrolment, time.last_report_at if time else None),
        student=people.person(user),
        time_spent_seconds=time.total_seconds if time else 0,
    )
