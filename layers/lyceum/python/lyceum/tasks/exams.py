"""`sessions.close`, `incident.fan_out`, `incident.apply`."""

from typing import ClassVar

from lyceum.kit.event import Event


class CloseSessions(Event):
    """It is time to warn of the end of these exam sessions, or to end them."""

    name: ClassVar[str] = "sessions.fell_due"
    exam_ids: list[str]


class FanOutIncident(Event):
    """Something is to be done to every session of an assessment, from `after_exam_id` on."""

    name: ClassVar[str] = "incident.declared"
    assessment_id: str
    incident_id: str
    after_exam_id: str | None = None


class ApplyIncident(Event):
    """Something is to be done to these sessions of an assessment."""

    name: ClassVar[str] = "incident.spread"
    assessment_id: str
    incident_id: str
    exam_ids: list[str]
