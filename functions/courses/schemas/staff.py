"""Who teaches a course."""

from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id


class ChooseTeachers(Request):
    """Who is to teach a course; what is left out stays as it is.

    - `instructorId`: whose course it is to be.
    - `teacherIds`: all who teach it beside its instructor, 20 at most.
    """

    instructor_id: Id | None = None
    teacher_ids: Annotated[list[Id], Field(max_length=20)] | None = None


class Teachers(Schema):
    """Those who teach a course: whose it is, and the others."""

    course_id: str
    instructor_id: str
    teacher_ids: list[str]
