"""Mentors and their students."""

from typing import ClassVar

from lyceum.kit.event import Event


class MentorAssigned(Event):
    """A student has a mentor now: for a question, which `question_id` and `title` name, or in general."""

    name: ClassVar[str] = "mentor.assigned"
    student_id: str
    mentor_id: str
    mentor_name: str
    question_id: str | None = None
    title: str | None = None
