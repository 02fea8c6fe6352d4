"""What is asked and shown of scanned answer sheets."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

from functions.exams.papers.policies import distinct

ScanState = Literal["waiting", "doubtful", "scored", "duplicate", "discarded"]
CandidateNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,8}$")]


class Candidate(Request):
    """Whose a number on a sheet is."""

    number: CandidateNumber
    user_id: Id


class SendScans(Request):
    """Files with answer sheets, which the caller has uploaded (`answer_sheet`), and whose the numbers on them are.

    - `candidates`: of sheets without a candidate in their code; a number that is not named goes to a person.
    """

    upload_ids: Annotated[list[Id], Field(min_length=1, max_length=20)]
    candidates: Annotated[list[Candidate], Field(max_length=300)] = []

    @model_validator(mode="after")
    def check_twice(self) -> Self:
        """Refuse a file or a number that is named twice."""
        if len(set(self.upload_ids)) < len(self.upload_ids):
            raise ValueError("a file is named twice")
        if len({each.number for each in self.candidates}) < len(self.candidates):
            raise ValueError("a number is named twice")
        return self


class ScanListing(Listing):
    """Which scanned pages are listed.

    - `doubtful`: only those that wait for a person.
    """

    doubtful: bool = False


class RuledAnswer(Request):
    """What a person sees as marked in a question; an empty list for a blank answer."""

    question_id: Id
    option_ids: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]],
        Field(max_length=30),
        AfterValidator(distinct),
    ]


class RuleScan(Request):
    """What a person decides of a doubtful page.

    - `discard`: it counts for nobody; nothing else is said then.
    - `candidateId`: whose it is.
    - `answers`: of the questions in doubt, and of others where the machine was wrong.
    - `reason`: kept in the audit log.
    """

    discard: bool = False
    candidate_id: Id | None = None
    answers: Annotated[list[RuledAnswer], Field(max_length=200)] = []
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """Refuse answers for a page that counts for nobody, and two for one question."""
        if self.discard and (self.candidate_id or self.answers):
            raise ValueError("a page that is discarded has neither candidate nor answers")
        if len({each.question_id for each in self.answers}) < len(self.answers):
            raise ValueError("a question is named twice")
        return self


class ScanSummary(Schema):
    """A page of a scanned file.

    - `place`: of the page in its file.
    - `page`: of the answer sheet, as its code says.
    - `reasons`: why a person has to look.
    - `doubts`: the questions to rule on.
    - `number`: as it was marked, with `?` for what is not clear.
    - `candidateId`: whose it is, once that is known.
    - `examId`: the session that it was scored as.
    - `twinId`: the page of the same candidate that came first.
    """

    scan_id: str
    state: ScanState
    upload_id: str
    place: int
    reasons: list[str]
    form: str | None = None
    page: int | None = None
    number: str | None = None
    candidate_id: str | None = None
    doubts: list[str]
    exam_id: str | None = None
    twin_id: str | None = None
    created_at: Timestamp


class ReadMark(Schema):
    """A place on the sheet: what it stands for, whether it is marked, and from 0 to 1 how sure that is."""

    option_id: str
    marked: bool
    confidence: float


class ReadQuestion(Schema):
    """What was read of a question, and which answers count."""

    question_id: str
    in_doubt: bool
    option_ids: list[str]
    marks: list[ReadMark]


class ScanView(ScanSummary):
    """A page with every mark and, for half an hour, a link to its picture, straightened."""

    questions: list[ReadQuestion]
    picture_url: str | None = None


def fields_of(page: Any) -> dict[str, Any]:
    """Return what a list shows of a page."""
    return {
        "scan_id": page.scan_id,
        "state": page.state,
        "upload_id": page.upload_id,
        "place": int(page.place),
        "reasons": list(page.reasons),
        "form": page.form,
        "page": None if page.page is None else int(page.page),
        "number": page.number,
        "candidate_id": page.user_id,
        "doubts": list(page.doubts),
        "exam_id": page.exam_id,
        "twin_id": page.twin_id,
        "created_at": page.created_at,
    }
