"""What callers get of grades: reports and gradebooks. Points and percentages are decimal texts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Listing, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.assignments.schemas import Points, StudentName


class GradedPart(Schema):
    """A released grade; one of an assignment that was taken away is shown and does not count."""

    id: str
    kind: Literal["assignment", "quiz"]
    title: str
    category: str
    points: Points
    max_points: Points
    counts: bool


class CategoryMark(Schema):
    """All grades of a category together, and the weight that they have."""

    category: str
    weight: int
    percent: Decimal


class CourseGrades(Schema):
    """A student's grades in a course; percent and letter are of what is graded so far."""

    course_id: str
    code: str
    title: str
    percent: Decimal | None = None
    letter: str | None = None
    categories: list[CategoryMark]
    grades: list[GradedPart]
    updated_at: Timestamp


class GradeReport(Schema):
    """A student's grades in all courses, or in those of the instructor who asks."""

    user_id: str
    courses: list[CourseGrades]


class GradebookQuery(Listing):
    """A page of the gradebook, 45 students at most, or all of it as CSV."""

    format: Annotated[Literal["json", "csv"], Field(description="`csv` has every student.")] = "json"


class Column(Schema):
    """An assessment of a course."""

    id: str
    kind: Literal["assignment", "quiz"]
    title: str
    category: str
    max_points: Decimal | None = None


class GradebookRow(Schema):
    """A student's released points, in the order of the columns; null where there is no grade."""

    student: StudentName
    state: Literal["active", "left"]
    points: list[Decimal | None]
    percent: Decimal | None = None
    letter: str | None = None


class Gradebook(Schema):
    """Students by assessments; `nextCursor` goes on with the next students."""

    course_id: str
    columns: list[Column]
    rows: list[GradebookRow]
    next_cursor: str | None = None
