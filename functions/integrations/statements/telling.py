"""What learners did here, as statements with the verbs of ADL and TinCan; nobody is named but by id."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lyceum.events.courses import CourseCompleted, CourseEnrolled, LessonCompleted
from lyceum.events.exams import ExamGraded
from lyceum.kit import clock
from lyceum.kit.settings import settings

from functions.integrations.statements import actors

LearningEvent = CourseEnrolled | LessonCompleted | CourseCompleted | ExamGraded
_VERBS = "http://adlnet.gov/expapi/verbs/"
_TYPES = "http://adlnet.gov/expapi/activities/"
_HUNDRED = 100


def statement_of(event: LearningEvent) -> dict[str, Any]:
    """Write what happened as a statement, whose id follows from the event's."""
    verb, kind, place, result = _parts(event)
    thing = {"id": f"{settings().api_url}/{place}", "definition": {"type": f"{_TYPES}{kind}"}}
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{settings().api_url}/{event.event_id}")),
        "actor": actors.agent(event.user_id),
        "verb": {"id": f"{_VERBS}{verb}", "display": {"en": verb}},
        "object": {"objectType": "Activity", **thing},
        **({"result": result} if result else {}),
        "timestamp": clock.iso(event.at),
        "version": "1.0.3",
    }


def _parts(event: LearningEvent) -> tuple[str, str, str, dict[str, Any]]:
    if isinstance(event, CourseEnrolled):
        return "registered", "course", f"courses/{event.course_id}", {}
    if isinstance(event, LessonCompleted):
        return "completed", "lesson", f"lessons/{event.lesson_id}", {"completion": True}
    if isinstance(event, CourseCompleted):
        return "completed", "course", f"courses/{event.course_id}", {"completion": True}
    verb = {True: "passed", False: "failed", None: "scored"}[event.passed]
    result: dict[str, Any] = {"completion": True}
    if event.percent is not None:
        result["score"] = {"scaled": round(float(event.percent) / _HUNDRED, 4)}
    if event.passed is not None:
        result["success"] = event.passed
    return verb, "assessment", f"exams/{event.exam_id}", result
