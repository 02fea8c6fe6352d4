"""Courses and their parts as callers see them."""

from typing import Any

from lyceum.model.courses.course import Course

from functions.courses.schemas import CourseLink, CourseView, RatingSummary, Statistics

_COUNTED = {"ratings", "statistics", "version"}


def fields_of(course: Course) -> dict[str, Any]:
    """Return what a course's view shows, by field."""
    count = int(course.rating_count)
    ratings = RatingSummary(mean=round(course.rating_sum / count, 2) if count else None, count=count)
    statistics = Statistics(
        enrolments=course.enrolment_count,
        completions=course.completed_count,
        lessons=course.lesson_count,
        assignments=course.assignment_count,
        total_quizzes=course.quiz_count,
        questions=course.question_count,
    )
    plain = {name: getattr(course, name) for name in CourseView.model_fields if name not in _COUNTED}
    return plain | {"ratings": ratings, "statistics": statistics, "version": course.revision}


def course_view(course: Course) -> CourseView:
    """Show a course; its version is its revision, which counts do not change."""
    return CourseView.model_validate(fields_of(course))


def link(course: Course) -> CourseLink:
    """Show a course as another one refers to it."""
    return CourseLink.model_validate(course)
