"""What students say to the tutor, and get."""

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class Message(Request):
    """A question to the tutor.

    - `chatId`: goes on with a chat; without it a new one begins.
    - `courseId`: which of one's own courses to look in; without it all of them, and a chat stays with the one it has.
    - `imageUploadId`: an own picture, processed, that goes with the question.
    - `voiceUploadId`: an own recording of two minutes at most, processed, that is the question or the rest of it.
    - `stream`: sentences come over the socket as `tutor.sentence` while the answer is written, beside the answer.
    """

    message: Words | None = None
    chat_id: Id | None = None
    course_id: Id | None = None
    image_upload_id: Id | None = None
    voice_upload_id: Id | None = None
    stream: bool = False

    @model_validator(mode="after")
    def check_words(self) -> Self:
        """Refuse a message that says nothing."""
        if self.message is None and self.voice_upload_id is None:
            raise ValueError("give message, voiceUploadId, or both")
        return self


class SourceView(Schema):
    """A passage that was used, as it stands in its lesson."""

    passage_id: str
    lesson_id: str
    course_id: str
    text: str


class SentenceView(Schema):
    """A sentence of an answer with the passages that it rests on; a question to the student rests on none."""

    text: str
    sources: list[str]


class MadeBy(Schema):
    """Which model answered, by which version of which prompt, and how many tokens that took."""

    model: str
    prompt: str
    prompt_version: int
    tokens: int


class TutorAnswer(Schema):
    """An answer of the tutor.

    - `kind`: `answer`; `not_in_course`, where no passage of the student's courses holds it; or `person`, where a person
      is needed and no model was asked.
    - `heard`: what the voice note says, as it was understood.
    """

    chat_id: str
    line_id: str
    kind: Literal["answer", "not_in_course", "person"]
    heard: str | None = None
    sentences: list[SentenceView]
    sources: list[SourceView]
    made_by: MadeBy | None = None


class ChatQuery(Listing):
    """Which chats to list, the latest one first.

    - `chatId`: one chat, to list its lines in their order instead of all chats.
    """

    chat_id: Id | None = None


class LineView(Schema):
    """A question of a chat, and its answer."""

    line_id: str
    asked: str
    kind: Literal["answer", "not_in_course", "person"]
    sentences: list[SentenceView]
    sources: list[SourceView]
    made_by: MadeBy | None = None
    created_at: Timestamp


class ChatView(Schema):
    """A chat; `lines` are there where one chat was asked for."""

    chat_id: str
    title: str
    course_id: str | None = None
    turns: int
    answered_at: Timestamp
    lines: list[LineView] | None = None


class GuideWish(Request):
    """What a study guide shall be about.

    - `focus`: words that name the part of the course; without them it is about the whole.
    """

    course_id: Id
    focus: Annotated[str, StringConstraints(min_length=2, max_length=300, strip_whitespace=True)] | None = None


class SectionView(Schema):
    """A section of a study guide."""

    title: str
    sentences: list[SentenceView]


class GuideView(Schema):
    """A study guide: each sentence names the passages that it rests on."""

    guide_id: str
    course_id: str
    sections: list[SectionView]
    sources: list[SourceView]
    made_by: MadeBy
    created_at: Timestamp
