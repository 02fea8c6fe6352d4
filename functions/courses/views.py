"""Courses and their parts as callers see them."""

from collections.abc import Iterable, Sequence
from typing import Any

from lyceum.kit.aws import links
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.courses.course import Course, CourseRating
from lyceum.model.users.account import User

from functions.courses.enrolments import people
from functions.courses.schemas.course_page import CourseLink
from functions.courses.schemas.courses import CourseView, Statistics, Thumbnail
from functions.courses.schemas.ratings import RatingSummary, RatingView

_WORKED_OUT = {"ratings", "statistics", "version", "instructor", "thumbnail", "thumbnail_upload_id", "code", "level"}


def fields_of(course: Course, instructor: Entity | None) -> dict[str, Any]:
    """Return what a course's view shows, by field."""
    count = int(course.rating_count)
    statistics = Statistics(
        enrolments=course.enrolment_count,
        completions=course.completed_count,
        lessons=course.lesson_count,
        assignments=course.assignment_count,
        total_quizzes=course.quiz_count,
        questions=course.question_count,
    )
    plain = {name: getattr(course, name) for name in CourseView.model_fields if name not in _WORKED_OUT}
    return plain | {
        "code": course.code or None,
        "level": int(course.level) or None,
        "instructor": people.public_person(instructor),
        "thumbnail_upload_id": course.thumbnail_id,
        "thumbnail": [_size(each) for each in course.thumbnail],
        "ratings": RatingSummary(mean=round(course.rating_sum / count, 2) if count else None, count=count),
        "statistics": statistics,
        "version": course.revision,
    }


def _size(variant: dict[str, Any]) -> Thumbnail:
    return Thumbnail.model_validate(variant | {"url": links.picture_link(variant["key"])})


def course_view(course: Course) -> CourseView:
    """Show a course that was written, without reading whose name it is; its version is its revision."""
    return CourseView(**fields_of(course, None))


def course_views(courses: Sequence[Course]) -> list[CourseView]:
    """Show courses with their instructors, in one request for a hundred."""
    instructors = batch_fetch([User.at(user_id=each.instructor_id) for each in courses])
    return [CourseView(**fields_of(*pair)) for pair in zip(courses, instructors, strict=True)]


def link(course: Course) -> CourseLink:
    """Show a course as another one refers to it."""
    return CourseLink(course_id=course.course_id, code=course.code or None, title=course.title)


def rating_views(ratings: Sequence[CourseRating]) -> list[RatingView]:
    """Show ratings with the names of those who gave them (1 request)."""
    students = batch_fetch([User.at(user_id=each.user_id) for each in ratings])
    return [named_rating(*pair) for pair in zip(ratings, students, strict=True)]


def named_rating(rating: CourseRating, student: Entity | None) -> RatingView:
    """Show a rating with as much of its student's name as that student shows."""
    return RatingView.model_validate(rating).model_copy(update={"student": people.public_person(student)})


def found_users(found: Iterable[Entity | None]) -> dict[str, User]:
    """Return those of the items read that are users, by id."""
    return {each.user_id: each for each in found if isinstance(each, User)}
