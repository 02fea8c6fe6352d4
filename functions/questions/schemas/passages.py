"""What is sent and got of passages that several questions are about."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from lyceum.kit.http import Request
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line
from lyceum.rules.questions.parts import QuestionText
from lyceum.rules.questions.views import PassageView


class PassageFields(Request):
    """What several questions are about: a text, a picture or a recording, or a text with one of them.

    - `uploadId`: an own upload for the purpose `question_image` or `question_recording`, processed.
    - `alternative`: what the picture shows or the recording says, for those who can not see or hear it.
    """

    title: Line | None = None
    text: Annotated[QuestionText, Field(min_length=3, max_length=30_000)] | None = None
    upload_id: Id | None = None
    alternative: Annotated[QuestionText, Field(max_length=10_000)] | None = None

    @model_validator(mode="after")
    def check_content(self) -> Self:
        """Refuse a passage with nothing in it."""
        if self.text is None and self.upload_id is None:
            raise ValueError("give text, uploadId or both")
        return self


class OwnPassageView(PassageView):
    """A passage by itself."""

    author_id: str
    version: int
    created_at: Timestamp
