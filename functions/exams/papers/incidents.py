"""What is done to all sessions of an assessment, as it is written with the change of the assessment itself.

It carries the next version of the assessment as its sequence, so whatever comes late is known to be earlier.
"""

from typing import Any

from lyceum.kit import clock, context, ids
from lyceum.model.exams.assessments import Assessment, Incident
from lyceum.tasks.exams import FanOutIncident

from functions.exams.papers import embargo

_MOST_RULINGS = 20
"""How many rulings on an exam's questions reach sessions that run still, the latest ones."""


def incident(
    assessment: Assessment,
    action: str,
    reason: str,
    *,
    seconds: int = 0,
    pause_id: str | None = None,
    ruling: dict[str, Any] | None = None,
) -> tuple[Incident, FanOutIncident]:
    """Describe what is done to all sessions, and the order to the workers that brings it to them."""
    assessment_id, incident_id = assessment.assessment_id, ids.new_id()
    if action == "regrade":
        assessment.ruling_ids = [*assessment.ruling_ids, incident_id][-_MOST_RULINGS:]
    described = Incident(
        assessment_id=assessment_id,
        incident_id=incident_id,
        sequence=int(assessment.version or 0) + 1,
        action=action,
        seconds=seconds,
        pause_id=pause_id,
        until=embargo.last_closing(assessment),
        ruling=ruling,
        reason=reason,
        actor_id=context.current().actor,
        declared_at=clock.now(),
    )
    return described, FanOutIncident(assessment_id=assessment_id, incident_id=incident_id)
