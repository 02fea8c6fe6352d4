"""What authors get of a paper with its marking scheme."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from lyceum.assessment.views import KeyedContent
from lyceum.http import Request, Schema

from functions.exams.assessment_schemas import OwnAssessmentView


class PaperQuery(Request):
    """Why somebody else's paper is read; it stands in the audit log."""

    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class SchemeQuestion(KeyedContent):
    """A question of a paper with what its marker needs."""

    question_id: str
    revision: int
    topic_id: str
    difficulty: str
    type: str
    stem: str
    marks: Decimal
    section: int | None = None


class FormView(Schema):
    """One form of a paper with its marking scheme; `hash` names exactly these questions in this order."""

    form: str
    hash: str
    expected_facility: Decimal | None = None
    questions: list[SchemeQuestion]


class PaperView(OwnAssessmentView):
    """A paper with its marking scheme."""

    forms: list[FormView]
