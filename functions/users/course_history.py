"""Courses of somebody: those they are or were in, what they completed and how they rated."""

from typing import Any

from lyceum.kit.table import Entity, batch_fetch, find_whole
from lyceum.model.courses.course import Course, CourseRating
from lyceum.model.courses.enrolments import Enrolment, StudyTime

from functions.users.schemas import CourseStatistics, EnrolledCourse, GivenRating


def read(user_id: str) -> list[EnrolledCourse]:
    """List the courses that somebody is or was in; deleted ones where they completed them.

    It takes a request, and one more for each 33 courses.
    """
    enrolments = find_whole(Enrolment, index="gsi1", user_id=user_id)
    named: list[Entity] = []
    for each in enrolments:
        mine: dict[str, Any] = {"course_id": each.course_id, "user_id": user_id}
        named += [Course.at(course_id=each.course_id), CourseRating.at(**mine), StudyTime.at(**mine)]
    found = batch_fetch(named)
    return [
        _shown(enrolment, course, rating, studied)
        for enrolment, course, rating, studied in zip(enrolments, found[::3], found[1::3], found[2::3], strict=True)
        if isinstance(course, Course) and (course.status != "deleted" or enrolment.completed_at)
    ]


def _shown(enrolment: Enrolment, course: Course, rating: Entity | None, studied: Entity | None) -> EnrolledCourse:
    return EnrolledCourse(
        course_id=course.course_id,
        code=course.code or None,
        title=course.title,
        is_deleted=course.status == "deleted",
        state=enrolment.state,
        enrolled_at=enrolment.enrolled_at,
        left_at=enrolment.left_at,
        completed_at=enrolment.completed_at,
        last_activity_at=enrolment.last_activity_at,
        lessons_completed=len(enrolment.lessons or ()),
        time_spent_seconds=int(studied.total_seconds) if isinstance(studied, StudyTime) else 0,
        rating=GivenRating.model_validate(rating) if isinstance(rating, CourseRating) else None,
    )


def summed(courses: list[EnrolledCourse]) -> CourseStatistics:
    """Add up what somebody did in courses."""
    return CourseStatistics(
        courses_active=sum(each.state == "active" and not each.is_deleted for each in courses),
        courses_completed=sum(each.completed_at is not None for each in courses),
        lessons_completed=sum(each.lessons_completed for each in courses),
        time_spent_seconds=sum(each.time_spent_seconds for each in courses),
        ratings_given=sum(each.rating is not None for each in courses),
    )
