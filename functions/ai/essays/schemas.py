"""What teachers send to have an essay looked at, and get."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

from functions.ai.tutor.schemas import MadeBy

_Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Confidence = Annotated[float, Field(ge=0, le=1)]


class LevelGiven(Request):
    """A level of a criterion; levels stand from the lowest to the highest."""

    id: _Name
    text: _Words


class CriterionGiven(Request):
    """What is judged, and its levels from the lowest to the highest."""

    id: _Name
    text: _Words
    levels: Annotated[list[LevelGiven], Field(min_length=2, max_length=10)]


class GradeEssay(Request):
    """An essay to look at.

    - `submissionId`: a submission of a course that one teaches; its assignment's rubric and text are taken.
    - `text` with `criteria`: any essay with a rubric of its own; `task` is what was asked for.
    """

    submission_id: Id | None = None
    text: Annotated[str | None, Field(min_length=50, max_length=40_000)] = None
    task: Annotated[str | None, Field(max_length=4000)] = None
    criteria: Annotated[list[CriterionGiven], Field(max_length=12)] = []

    @model_validator(mode="after")
    def check_source(self) -> Self:
        """Refuse both sources and none, and a text without criteria."""
        if (self.submission_id is None) == (self.text is None) or bool(self.criteria) != (self.text is not None):
            raise ValueError("give submissionId, or text with criteria")
        ids = [[each.id for each in self.criteria], *([level.id for level in each.levels] for each in self.criteria)]
        if any(len(set(named)) < len(named) for named in ids):
            raise ValueError("criteria, and the levels of each, have ids of their own")
        return self


class CriterionDraft(Schema):
    """What two passes say of a criterion.

    - `levels`: those that it has, from the lowest to the highest.
    - `levelId`: the lower of both levels, absent where they are more than one apart: that needs a person.
    - `evidence`: quotations that stand in the essay, letter by letter; others were taken away.
    - `confidence`: the lower of both, from 0 to 1; 0 without evidence.
    """

    criterion_id: str
    levels: list[str] = []
    level_id: str | None = None
    level_ids: list[str]
    evidence: list[str]
    confidence: float
    needs_person: bool


class EssayDraftView(Schema):
    """A draft of a grade: it counts nowhere before a teacher confirms it, and gives no grade then either.

    - `hasInstructions`: the essay speaks to its grader, which is for the teacher to look at.
    """

    draft_id: str
    submission_id: str | None = None
    state: Literal["draft", "needs_person", "confirmed", "discarded"]
    criteria: list[CriterionDraft]
    has_instructions: bool
    made_by: MadeBy
    created_at: Timestamp


class ConfirmDraft(Request):
    """What a teacher makes of a draft: the level of each criterion, or nothing of it.

    - `levels`: by criterion; they may be others than those of the draft.
    """

    decision: Literal["confirmed", "discarded"]
    levels: Annotated[dict[_Name, _Name], Field(max_length=12)] = {}
