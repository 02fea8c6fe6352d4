"""What callers send and get of lessons."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema, exchange
from lyceum.kit.http.schemas import Id, Timestamp, named
from lyceum.kit.values.text import Line, RichText

MOST_LESSONS = 500


class LessonFields(Request):
    """A lesson's own fields; a preview may be read without enrolment."""

    title: Line
    summary: Annotated[
        str | None, StringConstraints(max_length=1000, strip_whitespace=True), named("summary", "description")
    ] = None
    format: Literal["text", "video", "audio", "document", "live"] = "text"
    duration_minutes: Annotated[int | None, Field(ge=1, le=1440), named("durationMinutes", "estimatedTime")] = None
    is_required: bool = True
    is_preview: bool = False


class NewLesson(LessonFields):
    """A lesson and its place, from 1; without one it is the last."""

    position: Annotated[int | None, Field(ge=1, le=MOST_LESSONS), named("position", "order")] = None
    body: RichText | None = None


class LessonOrder(Request):
    """Every lesson of the course, in the order that it is to have."""

    lesson_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_LESSONS)]


class LessonContent(Request):
    """What a lesson shows: a text, an item of the library, files. What is not named stays; null takes it away."""

    body: RichText | None = None
    content_id: Id | None = None
    upload_ids: Annotated[list[Id], Field(max_length=20)] = []


class LessonRow(Schema):
    """A lesson in a list."""

    lesson_id: str
    course_id: str
    title: str
    summary: str | None = None
    format: str
    duration_minutes: int | None = None
    is_required: bool
    is_preview: bool
    order: Annotated[int | None, Field(description="Its place among the course's lessons, from 1.")] = None


class Resource(Schema):
    """A file of a lesson."""

    upload_id: str
    file_name: str
    content_type: str
    size_bytes: int
    state: str


class LessonView(LessonRow):
    """A lesson as those see it who learn by it."""

    body: str | None = None
    content_id: str | None = None
    resources: list[Resource]
    is_completed: bool = False
    version: int
    updated_at: Timestamp


class OrderView(Schema):
    """The lessons of a course in their order."""

    course_id: str
    lesson_ids: list[str]
    version: int


class DownloadQuery(Request):
    """Which file, in which quality: `low` is the smallest variant.

    - `uploadId`: only this file of the lesson.
    - `quality`: `low` is the smallest variant; it is meant without a word by who sends `Save-Data: on`.
    """

    upload_id: Id | None = None
    quality: Literal["normal", "low"] = Field(default_factory=lambda: "low" if exchange.saves_data() else "normal")
    fields: Annotated[str | None, Field(max_length=500)] = None


class Download(Schema):
    """A file that may be fetched from `url` until `expiresAt`."""

    upload_id: str
    file_name: str
    variant: str
    content_type: str
    size_bytes: int
    url: str
    expires_at: Timestamp


class Downloads(Schema):
    """The files of a lesson."""

    files: list[Download]
