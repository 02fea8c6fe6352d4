"""What is seen while exams are watched."""

from typing import ClassVar

from lyceum.kit.event import Event


class ProctoringFlagged(Event):
    """Something was seen in an exam session that people may want to look at now; at most once a minute for each."""

    name: ClassVar[str] = "proctoring.flagged"
    session_id: str
    user_id: str
    owner_id: str | None = None
    course_id: str | None = None
    rule: str
    severity: str
