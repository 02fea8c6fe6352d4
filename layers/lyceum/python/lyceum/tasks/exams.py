"""`sessions.close`, `incident.fan_out`, `incident.apply`."""

from typing import ClassVar

from lyceum.kit.event import PagedTask, Task


class CloseSessions(Task):
    """Warn of the end of these exam sessions, or end them, as it is due."""

    name: ClassVar[str] = "sessions.close"
    worker: ClassVar[str] = "exams-sessions"
    exam_ids: list[str]


class FanOutIncident(PagedTask):
    """Hand every session of an assessment on in batches for an incident; `after` is the last session of a page."""

    name: ClassVar[str] = "incident.fan_out"
    worker: ClassVar[str] = "exams-sessions"
    assessment_id: str
    incident_id: str


class ApplyIncident(Task):
    """Do to these sessions of an assessment what an incident asks."""

    name: ClassVar[str] = "incident.apply"
    worker: ClassVar[str] = "exams-sessions"
    assessment_id: str
    incident_id: str
    exam_ids: list[str]
