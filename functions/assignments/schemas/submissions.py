"""What students hand in and what is seen of it, with its grade."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp, same_as
from lyceum.kit.values.text import SharedText

from functions.assignments.schemas.rubrics import Chosen, Criterion

State = Literal["not_started", "in_progress", "submitted", "graded"]
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


class AttemptView(Schema):
    """What was handed in; `daysLate` counts days begun after the student's due date of today."""

    number: int
    text: str | None = None
    upload_ids: list[str]
    submitted_at: Timestamp
    days_late: int


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
