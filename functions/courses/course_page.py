"""A course's page: everything about it in three requests, however much there is of it."""

from collections.abc import Iterable
from typing import Any

from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, batch_fetch, cut, cut_sorted, fetch_partition, find
from lyceum.model.assignments import AssignmentIndex
from lyceum.model.courses.course import Course, CourseOutline, CourseRating, DependentCourse
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.courses.lessons import Lesson
from lyceum.model.users.account import User
from lyceum.rules.courses import course_access, course_parts
from lyceum.rules.courses.due_dates import due_order, own_rows

from functions.courses import views
from functions.courses.enrolments import people, progress
from functions.courses.enrolments.schemas import EnrolmentView
from functions.courses.lessons.lessons import rows as lesson_rows
from functions.courses.schemas.course_page import (
    AssignmentLine,
    AssignmentList,
    CourseDetails,
    CourseLink,
    LessonList,
    QuizLine,
)

_FIRST = 50
_DEPENDENTS = 20
_RATINGS = 10


def show(caller: Principal | None, course_id: str) -> CourseDetails:
    """Show a course with its parts and the caller's own place in it; raises NotFound for a draft of somebody else."""
    parts = fetch_partition(Course, course_id=course_id)
    course = course_access.existing(next((part for part in parts if isinstance(part, Course)), None))
    outline = next((part for part in parts if isinstance(part, CourseOutline)), None)
    before = sorted(course.prerequisite_ids or ())
    after = [part.dependent_id for part in parts if isinstance(part, DependentCourse)][:_DEPENDENTS]
    lesson_ids = cut(list(outline.lesson_ids) if outline else [], str, limit=_FIRST, after=None)
    rated = find(CourseRating, index="gsi1", course_id=course_id, limit=_RATINGS, descending=True).items
    teachers = course_access.teachers_of(course)
    shown = dict.fromkeys([*teachers, *(each.user_id for each in rated)])
    named: list[Entity] = [User.at(user_id=each) for each in shown]
    named.append(AssignmentIndex.at(course_id=course_id))
    named += [Lesson.at(lesson_id=each) for each in lesson_ids.items]
    named += [Course.at(course_id=each) for each in (*before, *after)]
    if caller:
        named += [entity.at(course_id=course_id, user_id=caller.user_id) for entity in (Enrolment, StudyTime)]
    found = [each for each in batch_fetch(named) if each is not None]
    enrolment, index = _one(Enrolment, found), _one(AssignmentIndex, found)
    course_access.visible(caller, course, enrolment)
    users = views.found_users(found)
    others = [people.public_person(users.get(each)) for each in teachers[1:]]
    return CourseDetails(
        **views.fields_of(course, users.get(course.instructor_id)),
        teachers=[each for each in others if each],
        latest_ratings=[views.named_rating(each, users.get(each.user_id)) for each in rated],
        prerequisites=_links(before, found),
        required_by=_links(after, found),
        lessons=LessonList(
            items=lesson_rows(found, lesson_ids.items, first=1),
            total=len(outline.lesson_ids) if outline else 0,
            next_cursor=Listing().cursor_after(lesson_ids, f"/api/courses/{course_id}/lessons"),
        ),
        assignments=_assignments(course_id, index, enrolment),
        quizzes=[QuizLine.model_validate(quiz) for quiz in (outline.quizzes if outline else [])],
        enrolment=_enrolment(enrolment, course_parts.Parts.of(outline, index), _one(StudyTime, found)),
    )


def _one(entity: type[Any], found: Iterable[Entity]) -> Any:
    return next((each for each in found if isinstance(each, entity)), None)


def _links(course_ids: list[str], found: list[Entity]) -> list[CourseLink]:
    courses = {each.course_id: each for each in found if isinstance(each, Course) and each.status == "published"}
    return [views.link(courses[each]) for each in course_ids if each in courses]


def _assignments(course_id: str, index: AssignmentIndex | None, enrolment: Enrolment | None) -> AssignmentList:
    """List the first assignments, by the student's own due dates (1 request where somebody has an extension)."""
    rows = index.rows if index else []
    rows = own_rows(rows, enrolment.user_id) if enrolment else rows
    first = cut_sorted(rows, due_order, limit=_FIRST, after=None)
    return AssignmentList(
        items=[AssignmentLine.model_validate(row) for row in first.items],
        total=len(rows),
        next_cursor=Listing().cursor_after(first, f"/api/courses/{course_id}/assignments"),
    )


def _enrolment(
    enrolment: Enrolment | None, parts: course_parts.Parts, studied: StudyTime | None
) -> EnrolmentView | None:
    if enrolment is None:
        return None
    shown = EnrolmentView.model_validate(enrolment)
    return shown.model_copy(
        update={"progress": progress.summary(parts, enrolment, studied.last_report_at if studied else None)}
    )
