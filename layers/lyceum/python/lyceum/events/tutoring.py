"""Mentors (domain to come)."""

from typing import ClassVar

from lyceum.kit.event import Event


class MentorAssigned(Event):
    """A student has a mentor now."""

    name: ClassVar[str] = "mentor.assigned"
    student_id: str
    mentor_id: str
    mentor_name: str
