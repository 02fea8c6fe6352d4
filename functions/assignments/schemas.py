"""What callers send and get of assignments and submissions. Points and percentages are decimal texts."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp, same_as
from lyceum.kit.values.text import Line, RichText, SharedText
from lyceum.rules.courses.hand_ins import HAND_IN_TYPES

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]


def _can_be_sent(content_type: str) -> str:
    if content_type not in HAND_IN_TYPES:
        raise ValueError(f"no upload takes this type; those that are taken: {', '.join(sorted(HAND_IN_TYPES))}")
    return content_type


ContentType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$"), AfterValidator(_can_be_sent)]
"""A content type that students can send."""
State = Literal["not_started", "in_progress", "submitted", "graded"]


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


Points = Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]


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


_ADDRESS = re.compile(r"/api/uploads/([0-9A-Z]{26})(?:[?#].*)?$")


def _upload_id(address: str) -> str:
    """Return the upload that an address names; raises ValueError for any other address."""
    found = _ADDRESS.search(address)
    if found is None:
        raise ValueError("this is no address of an upload of yours: .../api/uploads/01J...")
    return found[1]


class Submit(Request):
    """What is handed in.

    - `fileUrl`: the address of one more own upload, `.../api/uploads/{uploadId}`.
    """

    assignment_id: Id
    text: Annotated[SharedText, Field(min_length=1)] | None = None
    upload_ids: Annotated[list[Id], Field(max_length=10)] = []
    file_url: Annotated[str, Field(max_length=500), AfterValidator(_upload_id)] | None = None

    @property
    def files(self) -> list[str]:
        """The uploads that are handed in, each once."""
        return list(dict.fromkeys([*self.upload_ids, *([self.file_url] if self.file_url else [])]))


class Chosen(Request):
    """The level that a criterion was met at."""

    criterion_id: Name
    level_id: Name


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


class AttemptView(Schema):
    """What was handed in; `daysLate` counts days begun after the student's due date of today."""

    number: int
    text: str | None = None
    upload_ids: list[str]
    submitted_at: Timestamp
    days_late: int


class Level(Request):
    """How well a criterion may be met, and for how many points."""

    id: Name
    text: Line
    points: Points


class Criterion(Request):
    """What is looked at, with its levels."""

    id: Name
    text: Line
    levels: Annotated[list[Level], Field(min_length=1, max_length=10)]


class GradeView(Schema):
    """A grade; `finalPoints` is what is left after the deduction for lateness.

    - `attempt`: the number of what was graded; 0 where nothing was handed in.
    - `rubric`: what `criteria` were chosen from, as it was then.
    - `cause`: `due_date` for a grade that was reckoned anew since the due date or the late policy changed.
    """

    attempt: int
    points: Decimal
    final_points: Decimal
    criteria: list[Chosen]
    rubric: list[Criterion] | None = None
    cause: Literal["grader", "due_date"] = "grader"
    feedback: str | None = None
    graded_at: Timestamp


class DraftView(GradeView):
    """A grade as graders see it."""

    private_note: str | None = None
    grader_id: str
    is_released: bool


class OwnSubmission(Schema):
    """Where a student stands: state, attempts, what was handed in last and the released grade."""

    submission_id: str | None = None
    state: State
    status: Annotated[State | None, same_as("state")] = None
    attempts: int
    attempts_left: int
    due_at: Timestamp | None = None
    started_at: Timestamp | None = None
    submitted_at: Timestamp | None = None
    days_late: int = 0
    latest: AttemptView | None = None
    grade: GradeView | None = None


class StudentName(Schema):
    """Whose a submission is."""

    user_id: str
    first_name: str
    last_name: str


class SubmissionRow(Schema):
    """A submission for its grader; with blind grading nobody is named before the grade is released."""

    submission_id: str
    state: State
    status: Annotated[State | None, same_as("state")] = None
    attempts: int
    started_at: Timestamp | None = None
    submitted_at: Timestamp | None = None
    days_late: int
    student: StudentName | None = None
    latest: AttemptView | None = None
    grade: DraftView | None = None


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


class NewRubric(Request):
    """By what an assignment is graded; the best levels add up to its points."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=30)]

    @model_validator(mode="after")
    def check_ids(self) -> Self:
        """Refuse ids that stand twice."""
        for ids in (
            [each.id for each in self.criteria],
            *([level.id for level in each.levels] for each in self.criteria),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError("each criterion, and each of its levels, has an id of its own")
        return self


class RubricView(Schema):
    """By what an assignment is graded."""

    assignment_id: str
    criteria: list[Criterion]
    version: int


class FixAssignments(Request):
    """Which courses to look through.

    - `courseId`: one course; left out: the next few, behind `afterCourseId`.
    - `dryRun`: false repairs what is found; by default it is only told.
    """

    course_id: Id | None = None
    after_course_id: Id | None = None
    dry_run: bool = True


class Repair(Schema):
    """Something that contradicts itself, and what it is to be.

    - `orphaned_row`: the course's list shows an assignment that is gone. `wrong_row`: it shows another one.
    - `missing_row`: the list lacks one that waits for a reminder. `orphaned_assignment`: the course of one is gone.
    - `missing_reminder`: one that is due, maybe later for somebody, waits for no reminder. `wrong_count`: a counter.
    - `isSettling`: it was written minutes ago and may come right by itself, so it is told and left alone for now.
    """

    kind: Literal["orphaned_row", "wrong_row", "missing_row", "orphaned_assignment", "missing_reminder", "wrong_count"]
    assignment_id: str
    course_id: str
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    is_settling: bool = False
    is_repaired: bool = False


class Repairs(Schema):
    """What was found; `nextCourseId` is to be sent as `afterCourseId` to go on, and left out at the end."""

    dry_run: bool
    courses: int
    findings: list[Repair]
    next_course_id: str | None = None
