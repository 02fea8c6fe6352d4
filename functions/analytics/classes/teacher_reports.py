"""The report of a teacher: their items in the library and their courses, with what became of both."""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.table import Unit, batch_fetch, find_all
from lyceum.model.analytics.classes import TeacherReport, Teaching
from lyceum.model.assignments import AssignmentIndex, AssignmentStatistics
from lyceum.model.content.library import ContentItem, ContentStatistics
from lyceum.model.courses.course import Course
from lyceum.rules.courses import course_access

_SHOWN = 50
Row = dict[str, Any]


def work_out(user_id: str) -> TeacherReport:
    """Work the report of a teacher out and store it."""
    content, courses = _content(user_id), _courses(user_id)
    report = TeacherReport(
        user_id=user_id,
        as_of=clock.now(),
        totals=totals(content, courses),
        content=sorted(content, key=lambda row: (-row["downloads"], row["id"]))[:_SHOWN],
        courses=courses[:_SHOWN],
    )
    Unit().put(report).commit()
    return report


def totals(content: list[Row], courses: list[Row]) -> Row:
    """Add everything up; the rating of a teacher is that of their items and courses together, each vote alike."""
    published = [row for row in content if row["state"] == "published"]
    return {
        "content": len(content),
        "published": len(published),
        "downloads": sum(row["downloads"] for row in content),
        "content_stars": sum(row["stars"] for row in content),
        "content_ratings": sum(row["ratings"] for row in content),
        "courses": len(courses),
        "students": sum(row["students"] for row in courses),
        "completed": sum(row["completed"] for row in courses),
        "course_stars": sum(row["stars"] for row in courses),
        "course_ratings": sum(row["ratings"] for row in courses),
        "waiting": sum(row["waiting"] for row in courses),
    }


def _content(user_id: str) -> list[Row]:
    items = [each for each in find_all(ContentItem, index="gsi2", owner_id=user_id) if each.state != "deleted"]
    counted = batch_fetch([ContentStatistics.at(content_id=each.content_id) for each in items])
    rows = []
    for item, found in zip(items, counted, strict=True):
        counts = found if isinstance(found, ContentStatistics) else ContentStatistics(content_id=item.content_id)
        rows.append(
            {
                "id": item.content_id,
                "title": item.title,
                "state": item.state,
                "downloads": int(counts.downloads),
                "stars": int(counts.rating_sum),
                "ratings": int(counts.rating_count),
            }
        )
    return rows


def _courses(user_id: str) -> list[Row]:
    names = [each.course_id for each in find_all(Teaching, user_id=user_id)]
    found = batch_fetch(
        [*(Course.at(course_id=name) for name in names), *(AssignmentIndex.at(course_id=name) for name in names)]
    )
    rows = []
    for course, index in zip(found[: len(names)], found[len(names) :], strict=True):
        if isinstance(course, Course) and course.status != "deleted" and user_id in course_access.teachers_of(course):
            rows.append(_course(course, index if isinstance(index, AssignmentIndex) else None))
    return sorted(rows, key=lambda row: (-row["waiting"], row["title"], row["id"]))


def _course(course: Course, index: AssignmentIndex | None) -> Row:
    names = [row["assignment_id"] for row in index.rows] if index else []
    counted = batch_fetch([AssignmentStatistics.at(assignment_id=name) for name in names]) if names else []
    waiting = sum(
        max(0, int(each.submitted) - int(each.graded)) for each in counted if isinstance(each, AssignmentStatistics)
    )
    return {
        "id": course.course_id,
        "title": course.title,
        "status": course.status,
        "students": int(course.enrolment_count),
        "completed": int(course.completed_count),
        "stars": int(course.rating_sum),
        "ratings": int(course.rating_count),
        "waiting": waiting,
    }
