"""Courses over HTTP."""

from typing import Annotated

from lyceum.http import INSTRUCTOR, OPTIONAL, PUBLIC, Api, Caller, Listing, Page, Query
from lyceum.model import Course, Topic
from lyceum.table import find

from courses import authoring
from courses.schemas import CourseView, NewCourse, SyllabusTopic

api = Api("courses")
handler = api.handler


@api.post("/api/courses", access=INSTRUCTOR, status=201, idempotent=True)
def create_course(caller: Caller, body: NewCourse) -> CourseView:
    """Add a course to a department."""
    return CourseView.model_validate(authoring.create(caller, body))


@api.get("/api/courses/{courseId}", access=OPTIONAL)
def show_course(course_id: str) -> CourseView:
    """Show a course."""
    return CourseView.model_validate(Course.require(course_id=course_id))


@api.get("/api/courses/{courseId}/topics", access=PUBLIC, cache_control="public, max-age=60")
def list_topics(course_id: str, query: Annotated[Listing, Query()]) -> Page[SyllabusTopic]:
    """List the topics of a course in their order, with question counts."""
    found = find(Topic, index="gsi1", course_id=course_id, limit=query.limit, after=query.start_key())
    return query.page(found, SyllabusTopic.model_validate)
