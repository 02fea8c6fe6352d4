"""What authors send and get of papers with their marking scheme."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.values.text import Line, RichText
from lyceum.rules.questions.views import KeyedContent

from functions.exams.authoring.schemas.assessments import (
    Accommodations,
    AssessmentView,
    ChangeAssessment,
    OwnAssessmentView,
)
from functions.exams.authoring.schemas.blueprints import Blueprint
from functions.exams.papers.policies import ExamRules, Id


class GeneratePaper(Request):
    """A paper in the style of an examination board, in one form or two parallel ones of equal expected difficulty.

    Its blueprint is given, or named by `blueprintId` (a board's or an own one) with the topics of each of its sections
    in `sectionTopics`, where it says none itself. Rules that are not named are then the blueprint's.
    """

    title: Line
    description: RichText | None = None
    blueprint: Blueprint | None = None
    blueprint_id: Id | None = None
    section_topics: Annotated[list[Annotated[list[Id], Field(min_length=1, max_length=20)]], Field(max_length=20)] = []
    forms: Literal[1, 2] = 1
    rules: ExamRules = ExamRules()
    accommodations: Accommodations = []
    published: bool = False


class ChangePaper(ChangeAssessment):
    """Changes of a paper; with a new blueprint, in how many forms."""

    forms: Literal[1, 2] = 1


class PaperSummary(AssessmentView):
    """A paper in the list of its owner."""

    forms: list[str]


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


class PaperQuery(Request):
    """Why somebody else's paper is read; it stands in the audit log.

    - `reason`: why; needed for a paper of somebody else.
    """

    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
    fields: Annotated[str | None, Field(max_length=500)] = None


class PaperView(OwnAssessmentView):
    """A paper with its marking scheme."""

    forms: list[FormView]
