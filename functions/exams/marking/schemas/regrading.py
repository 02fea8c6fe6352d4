"""What is ruled on a question after the end, and what becomes of the marks."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Request, Schema

from functions.exams.attempts.schemas import Reason, Scope
from functions.exams.papers.policies import Id


class RevisionView(Schema):
    """The marks of a session in one revision, with the grades and rulings that they were made of."""

    revision: int
    score: Decimal | None = None
    percent: Decimal | None = None
    keys_hash: str
    marks: list[dict[str, Any]]
    grades: dict[str, Any]
    rulings: dict[str, Any]


class Regraded(Schema):
    """What a ruling makes of a session. Until it is `applied`, `revision` is the one that stands."""

    exam_id: str
    applied: bool = False
    revision: int
    earlier_score: Decimal | None = None
    earlier_percent: Decimal | None = None
    score: Decimal | None = None
    max_score: Decimal
    percent: Decimal | None = None
    passed: bool | None = None
    is_lowered: bool


class Ruling(Request):
    """What is ruled on a question after the end.

    - `key`: the key of another `revision` of the question counts.
    - `full_marks`: everybody gets them.
    - `left_out`: it counts neither in the score nor in the maximum.
    - `restore`: everything stands as in an earlier `revision` of the marks.
    """

    ruling: Literal["key", "full_marks", "left_out", "restore"]
    question_id: Id | None = None
    revision: Annotated[int | None, Field(ge=1, le=1_000_000)] = None

    @model_validator(mode="after")
    def check_form(self) -> Self:
        """Refuse a ruling without what it is about."""
        if (self.ruling == "restore") == (self.question_id is not None):
            raise ValueError("questionId goes with every ruling but restore")
        if (self.ruling in {"key", "restore"}) != (self.revision is not None):
            raise ValueError("revision goes with key and restore")
        return self


class Regrade(Ruling):
    """A ruling on one session, or on all finished sessions of its exam; a preview changes nothing.

    A score is lowered only with `lower`: without it, one session is refused, and of many those are left as they are.
    """

    reason: Reason
    lower: bool = False
    preview: bool = False
    scope: Scope = "session"

    @model_validator(mode="after")
    def check_scope(self) -> Self:
        """Refuse to restore all sessions at once: their revisions are not the same."""
        if self.scope == "exam" and (self.ruling == "restore" or self.preview):
            raise ValueError("restore and preview are for one session")
        return self


class RegradeAssessment(Ruling):
    """A ruling on a question for all finished sessions of an assessment.

    - `preview`: works out what becomes of every session and changes nothing.
    - `lower`: lowers scores too; without it, those that it would lower stay as they are.
    """

    reason: Reason
    lower: bool = False
    preview: bool = False

    @model_validator(mode="after")
    def check_ruling(self) -> Self:
        """Refuse to restore all sessions at once: their revisions are not the same."""
        if self.ruling == "restore":
            raise ValueError("restore is for one session")
        return self


class RegradeResult(Schema):
    """What was done: to a session at once; to all of an exam by and by, under the name of an incident."""

    scope: Scope
    incident_id: str | None = None
    session: Regraded | None = None


class ReadReason(Request):
    """Why marks of another's exam are read; it stands in the audit log.

    - `reason`: a sentence for the log.
    """

    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class Revisions(Schema):
    """Every revision of a session's marks, the one in force last."""

    exam_id: str
    revisions: list[RevisionView]
