"""What a ruling on a whole assessment is asked by."""

from typing import Self

from pydantic import model_validator

from functions.exams.attempts.schemas import Reason
from functions.exams.marking.schemas import Ruling


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
