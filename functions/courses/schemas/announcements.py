"""What is announced to the students of a course, or to everybody."""

from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line, RichText


class NewAnnouncement(Request):
    """What to tell the students of a course; without a course, everybody."""

    course_id: Id | None = None
    title: Line
    body: Annotated[RichText, Field(min_length=1)]


class AnnouncementView(Schema):
    """Something that was announced."""

    announcement_id: str
    course_id: str | None = None
    author_id: str
    title: str
    body: str
    created_at: Timestamp
