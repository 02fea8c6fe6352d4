"""What is asked of a printed paper."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request
from lyceum.kit.http.schemas import Id


class PrintQuery(Request):
    """Which part of a paper is printed, and how.

    - `part`: `paper` for what candidates read, `answers` for the sheet they mark, `marking` for the scheme with keys.
    - `form`: the letter of the form.
    - `largePrint`: in letters of 18 points, for those who see badly.
    - `columns`: 1, or 2 for short questions; one alone in large print.
    - `language`: of the words that are not the author's.
    - `candidateId`: of an answer sheet, whose it is: the code on it says so, and no number has to be marked.
    - `reason`: why; needed for a paper of somebody else, and kept in the audit log.
    """

    part: Literal["paper", "answers", "marking"] = "paper"
    form: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")] = "A"
    large_print: bool = False
    columns: Annotated[int, Field(ge=1, le=2)] = 1
    language: Literal["en", "fr"] = "en"
    candidate_id: Id | None = None
    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
