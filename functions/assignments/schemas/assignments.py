"""What is sent and got of assignments. Points and percentages are decimal texts."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, same_as
from lyceum.kit.values.text import Line, RichText
from lyceum.rules.courses.hand_ins import HAND_IN_TYPES

from functions.assignments.schemas.rubrics import Criterion, Name, Points
from functions.assignments.schemas.submissions import OwnSubmission, State, SubmissionRow

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]


def _can_be_sent(content_type: str) -> str:
    if content_type not in HAND_IN_TYPES:
        raise ValueError(f"no upload takes this type; those that are taken: {', '.join(sorted(HAND_IN_TYPES))}")
    return content_type


ContentType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$"), AfterValidator(_can_be_sent)]
"""A content type that students can send."""


def _in_reach(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2199:
        raise ValueError("a year from 2000 to 2199")
    return moment


Due = Annotated[datetime, AfterValidator(_in_reach)]
"""A time; one without an offset is read in the course's time zone."""


class LatePolicy(Request):
    """What lateness costs: nothing, a share of the points each day begun down to a floor, or everything."""

    kind: Literal["none", "deduct", "refuse"] = "none"
    percent_per_day: Percent = Decimal(0)
    floor_percent: Percent = Decimal(0)


class AssignmentFields(Request):
    """An assignment's own fields. `maxAttempts` is how often it may be handed in; no `fileTypes` admit every type."""

    title: Line
    instructions: RichText | None = None
    points: Annotated[Points, Field(gt=0)]
    category: Name = "homework"
    due_at: Due | None = None
    late_policy: LatePolicy = LatePolicy()
    max_attempts: Annotated[int, Field(ge=1, le=50)] = 1
    accepts_text: bool = True
    file_types: Annotated[list[ContentType], Field(max_length=30)] = []
    max_files: Annotated[int, Field(ge=0, le=10)] = 0
    is_required: bool = True
    is_blind: bool = False
    lesson_id: Id | None = None

    @model_validator(mode="after")
    def check_kinds(self) -> Self:
        """Refuse an assignment that takes neither text nor files."""
        if not self.accepts_text and not self.max_files:
            raise ValueError("it has to take text or files")
        return self


class NewAssignment(AssignmentFields):
    """An assignment and its course."""

    course_id: Id


class Extension(Request):
    """A later due date or further attempts for one student; a date before that of the class shortens nothing."""

    user_id: Id
    due_at: Due | None = None
    extra_attempts: Annotated[int, Field(ge=0, le=50)] = 0


class ChangedAssignment(AssignmentFields):
    """An assignment's fields, and the extensions of single students; without a list those stay as they are."""

    extensions: Annotated[list[Extension], Field(max_length=200)] | None = None


class AssignmentQuery(Listing):
    """Which of one's own assignments to list.

    - `status`: only those in this state.
    - `sort`: the order by due date; with `-` the latest first.
    """

    status: State | None = None
    course_id: Id | None = None
    sort: Literal["dueAt", "-dueAt"] = "dueAt"


class CourseAssignmentQuery(Listing):
    """Whose state to list: one's own or, for the course's instructor, that of a student."""

    student_id: Id | None = None


class AssignmentRow(Schema):
    """An assignment in a list, with the student's own due date and state."""

    assignment_id: str
    course_id: str
    course_title: str | None = None
    lesson_id: str | None = None
    lesson_title: str | None = None
    title: str
    points: Decimal
    category: str
    due_at: Timestamp | None = None
    is_required: bool
    state: State | None = None
    status: Annotated[State | None, same_as("state")] = None
    started_at: Timestamp | None = None
    submitted_at: Timestamp | None = None
    points_given: Decimal | None = None


class Statistics(Schema):
    """How an assignment went: students who handed in, late, graded; mean percent; grades by tenths of the points."""

    submitted: int
    late: int
    graded: int
    mean_percent: Decimal | None = None
    tenths: list[int]


class ExtensionView(Schema):
    """A later due date or further attempts for one student."""

    user_id: str
    due_at: Timestamp | None = None
    extra_attempts: int


class LatePolicyView(Schema):
    """What lateness costs."""

    kind: str
    percent_per_day: Decimal
    floor_percent: Decimal


class AssignmentView(Schema):
    """An assignment; students see their own submission, its instructor extensions and statistics."""

    assignment_id: str
    course_id: str
    course_title: str | None = None
    lesson_id: str | None = None
    lesson_title: str | None = None
    title: str
    instructions: str | None = None
    points: Decimal
    category: str
    due_at: Timestamp | None = None
    late_policy: LatePolicyView
    max_attempts: int
    accepts_text: bool
    file_types: list[str]
    max_files: int
    is_required: bool
    is_blind: bool
    rubric: list[Criterion] | None = None
    own: OwnSubmission | None = None
    extensions: list[ExtensionView] | None = None
    statistics: Statistics | None = None
    submissions: list[SubmissionRow] | None = None
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class Removed(Schema):
    """What was removed."""

    id: str
