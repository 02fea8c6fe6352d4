"""What callers of notes and bookmarks send and get."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line, RichText

Kind = Literal["explanation", "bookmark", "todo"]
About = Literal["question", "topic", "lesson"]
Mark = Literal["review_later", "difficult", "important"]
Tags = Annotated[list[Annotated[Line, StringConstraints(max_length=40)]], Field(max_length=20)]
Text = Annotated[RichText, Field(min_length=1)]


class MakeNote(Request):
    """A note on one thing: a question, a topic or a lesson.

    `noteId` is a ULID that the client made, perhaps without a line; under it the note is written once.
    """

    note_id: Id | None = None
    kind: Kind = "explanation"
    question_id: Id | None = None
    topic_id: Id | None = None
    lesson_id: Id | None = None
    title: Line | None = None
    text: Text
    tags: Tags = []

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> Self:
        if sum(each is not None for each in (self.question_id, self.topic_id, self.lesson_id)) != 1:
            raise ValueError("a note is about one thing: questionId, topicId or lessonId")
        return self


class NoteFields(Request):
    """The parts of a note that can be edited, as they were read."""

    kind: Kind
    title: Line | None = None
    text: RichText
    tags: Tags = []
    is_done: bool = False


class UpdateNote(Request):
    """Parts of a note as they are to be; what is left out stays.

    With If-Match, a note that was changed since is not overwritten, but:

    - `base`: the note as it was when the edit began, perhaps offline. Parts that only one side changed are merged, tags
      one by one; what both changed differently is a conflict.
    - `onConflict`: `refuse` answers 409 with both texts; `copy` keeps the note and stores the edit as a copy beside it.
    - `copyId`: a ULID that the client made for such a copy; under it the copy is written once.
    """

    kind: Kind | None = None
    title: Line | None = None
    text: Text | None = None
    tags: Tags | None = None
    is_done: bool | None = None
    base: NoteFields | None = None
    on_conflict: Literal["refuse", "copy"] = "refuse"
    copy_id: Id | None = None


class NoteQuery(Listing):
    """Which notes to list.

    - `questionId`: only those on this question.
    - `lessonId`: only those on this lesson.
    - `kind`: only those of this kind.
    - `tag`: only those with this tag.
    - `isDone`: only tasks that are done, or those that are not.
    """

    question_id: Id | None = None
    topic_id: Id | None = None
    lesson_id: Id | None = None
    kind: Kind | None = None
    tag: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    is_done: bool | None = None

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> Self:
        if sum(each is not None for each in (self.question_id, self.topic_id, self.lesson_id)) > 1:
            raise ValueError("name one thing at most: questionId, topicId or lessonId")
        return self


class NoteView(Schema):
    """A note. While an exam keeps its question secret, `isWithheld` is true, and title, text and tags are absent."""

    note_id: str
    kind: Kind
    question_id: str | None = None
    topic_id: str | None = None
    lesson_id: str | None = None
    title: str | None = None
    text: str | None = None
    tags: list[str] | None = None
    is_done: bool
    is_withheld: bool = False
    copy_of: str | None = None
    created_at: Timestamp
    updated_at: Timestamp
    version: int


class MakeBookmark(Request):
    """A question to find again; marked already, its mark is changed."""

    question_id: Id
    mark: Mark = "review_later"
    remark: Line | None = None


class BookmarkQuery(Listing):
    """Which bookmarks to list.

    - `mark`: only those that are marked in this way.
    """

    mark: Mark | None = None
    topic_id: Id | None = None
    course_id: Id | None = None


class BookmarkView(Schema):
    """A question that was marked, and how."""

    question_id: str
    topic_id: str | None = None
    course_id: str | None = None
    mark: Mark
    remark: str | None = None
    marked_at: Timestamp
