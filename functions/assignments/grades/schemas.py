"""What callers send and get of grades: grading, reports and gradebooks. Points and percentages are decimal texts."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import RichText

from functions.assignments.schemas.rubrics import Chosen, Points
from functions.assignments.schemas.submissions import StudentName


class Grade(Request):
    """A grade, in points or by the rubric, for the latest attempt; a draft until it is released.

    - `submissionId` or `userId`: whose it is; with blind grading only the first is taken.
    - `attempt`: the number of what was graded; when another was handed in meanwhile, the grade is refused.
    - `points` or `criteria`: the grade, or the levels of the rubric that it follows from.
    """

    submission_id: Id | None = None
    user_id: Id | None = None
    attempt: Annotated[int | None, Field(ge=1, le=100)] = None
    points: Points | None = None
    criteria: Annotated[list[Chosen], Field(max_length=30)] = []
    feedback: RichText | None = None
    private_note: Annotated[str | None, StringConstraints(max_length=4000, strip_whitespace=True)] = None
    release: bool = True

    @model_validator(mode="after")
    def check_one_way(self) -> Self:
        """Ask for one name of the submission and one way of grading."""
        if (self.submission_id is None) == (self.user_id is None):
            raise ValueError("name the submission by submissionId or by userId")
        if (self.points is None) == (not self.criteria):
            raise ValueError("grade by points or by criteria")
        return self


class GradedPart(Schema):
    """A released grade; one of an assignment, quiz or lesson that was taken away is shown and does not count."""

    id: str
    kind: Literal["assignment", "quiz", "package"]
    title: str
    category: str
    points: Points
    max_points: Points
    counts: bool


class CategoryTotal(Schema):
    """All grades of a category together, and the weight that they have."""

    category: str
    weight: int
    percent: Decimal


class CourseGrades(Schema):
    """A student's grades in a course; percent and letter are of what is graded so far."""

    course_id: str
    code: str | None = None
    title: str
    is_deleted: bool = False
    percent: Decimal | None = None
    letter: str | None = None
    categories: list[CategoryTotal]
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
    kind: Literal["assignment", "quiz", "package"]
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
