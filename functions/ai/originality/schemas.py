"""What teachers send and get to see what a text shares with others."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id


class CheckOriginality(Request):
    """What to check against all that was handed in for an assignment, and against its course's lessons.

    - `submissionId`: a submission of the assignment; or `text`: any text.
    - `leavesQuotationsOut`: whether passages between quotation marks count for nothing.
    - `leastLetters`: passages of fewer letters and digits are not shown.
    """

    assignment_id: Id
    submission_id: Id | None = None
    text: Annotated[str | None, Field(min_length=50, max_length=100_000)] = None
    leaves_quotations_out: bool = True
    least_letters: Annotated[int, Field(ge=25, le=1000)] = 44

    @model_validator(mode="after")
    def check_source(self) -> Self:
        """Refuse both a submission and a text, and none."""
        if (self.submission_id is None) == (self.text is None):
            raise ValueError("give one of submissionId and text")
        return self


class SharedPassage(Schema):
    """A passage that stands in both texts: as it is written in each, and from which character to which."""

    text: str
    start: int
    end: int
    other_text: str
    other_start: int
    other_end: int
    letters: int


class Match(Schema):
    """Another text with passages of this one; `share` is of this text's letters and digits, from 0 to 1."""

    kind: Literal["submission", "lesson"]
    source_id: str
    title: str | None = None
    share: float
    passages: list[SharedPassage]


class OriginalityReport(Schema):
    """What a text shares with others: similarity is no verdict, and says nothing of who wrote first.

    - `share`: of the text's letters and digits in any passage that is shown, from 0 to 1.
    - `guaranteedLetters`: passages of so many letters and digits are always found.
    - `isWhole`: whether everything that was handed in could be compared.
    """

    assignment_id: str
    submission_id: str | None = None
    method: str
    share: float
    compared: int
    is_whole: bool
    guaranteed_letters: int
    matches: list[Match]
