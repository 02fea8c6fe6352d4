"""What callers of the course endpoints send and get."""

from typing import Annotated

from pydantic import Field, StringConstraints

from lyceum.http import Request, Schema
from lyceum.http.schema import Timestamp
from lyceum.text import Line, RichText


class NewCourse(Request):
    """A course of a department; levels are 100 for the first year to 900."""

    department_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5} ?[0-9]{3}[A-Z]?$")]
    title: Line
    description: RichText | None = None
    level: Annotated[int, Field(ge=100, le=900, multiple_of=100)]
    credit_units: Annotated[int, Field(ge=0, le=30)]


class CourseView(Schema):
    """A course."""

    course_id: str
    department_id: str
    instructor_id: str
    code: str
    title: str
    description: str | None = None
    level: int
    credit_units: int
    question_count: int
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class SyllabusTopic(Schema):
    """A topic of a course with its number of approved questions."""

    topic_id: str
    title: str
    description: str | None = None
    order: int
    syllabus_tags: list[str]
    question_count: int
