"""What callers of the catalogue send and get."""

from typing import Annotated

from pydantic import BeforeValidator, Field, HttpUrl

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.countries import Country
from lyceum.kit.values.text import Line, RichText, Tag


class UniversityFields(Request):
    """A university's own fields; `country` is an ISO 3166-1 code."""

    name: Line
    short_name: Line | None = None
    country: Country
    city: Line | None = None
    website: HttpUrl | None = None


class FacultyFields(Request):
    """A faculty's own fields."""

    name: Line
    description: RichText | None = None


class NewFaculty(FacultyFields):
    """A faculty and the university that it belongs to."""

    university_id: Id


class DepartmentFields(Request):
    """A department's own fields."""

    name: Line
    description: RichText | None = None


class NewDepartment(DepartmentFields):
    """A department and the faculty that it belongs to."""

    faculty_id: Id


class TopicFields(Request):
    """A topic's own fields; `order` is its place in the syllabus."""

    title: Line
    description: RichText | None = None
    order: Annotated[int, Field(ge=0, le=9999)] = 0
    syllabus_tags: Annotated[list[Tag], Field(max_length=30)] = []


class NewTopic(TopicFields):
    """A topic and the course that it belongs to."""

    course_id: Id


class _Node(Schema):
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class UniversityView(_Node):
    """A university."""

    university_id: str
    name: str
    short_name: str | None = None
    country: str
    city: str | None = None
    website: str | None = None
    child_count: Annotated[int, Field(serialization_alias="facultyCount")]


class FacultyView(_Node):
    """A faculty."""

    faculty_id: str
    university_id: str
    name: str
    description: str | None = None
    child_count: Annotated[int, Field(serialization_alias="departmentCount")]


class DepartmentView(_Node):
    """A department."""

    department_id: str
    faculty_id: str
    university_id: str
    name: str
    description: str | None = None


def _or_none(value: object) -> object:
    """Read a course's empty code and level 0 as none."""
    return value or None


class CourseRow(Schema):
    """A course in a department's list."""

    course_id: str
    code: Annotated[str | None, BeforeValidator(_or_none)] = None
    title: str
    level: Annotated[int | None, BeforeValidator(_or_none)] = None
    credit_units: int | None = None
    question_count: int


class TopicView(_Node):
    """A topic with the number of approved questions on it."""

    topic_id: str
    course_id: str
    department_id: str | None = None
    title: str
    description: str | None = None
    order: int
    syllabus_tags: list[str]
    question_count: int


class UniversityDetails(UniversityView):
    """A university with its first faculties."""

    faculties: list[FacultyView]


class FacultyDetails(FacultyView):
    """A faculty with its first departments."""

    departments: list[DepartmentView]


class DepartmentDetails(DepartmentView):
    """A department with its first courses."""

    courses: list[CourseRow]


class Removed(Schema):
    """What was removed."""

    id: str
