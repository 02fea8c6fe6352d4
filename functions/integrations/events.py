"""Tells learning record stores and platforms what learners did; it can reach addresses outside."""

from typing import Any

from lyceum.events.courses import CourseCompleted, CourseEnrolled, LessonCompleted
from lyceum.events.exams import ExamGraded
from lyceum.events.integrations import StatementRecorded
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.model.integrations.statements import LearningStatement
from lyceum.tasks.integrations import BringMembers, SendScore, SendStatement

from functions.integrations.launches import answering, members
from functions.integrations.statements import reading, targets
from functions.integrations.statements.telling import LearningEvent, statement_of

consumer = Consumer("integrations-events")
handler = consumer.handler


def tell(event: LearningEvent, unit: Unit) -> None:
    """Order that every store is told of what a learner did; a result that is not released is nobody's business yet."""
    if not isinstance(event, ExamGraded) or event.is_released:
        _order(unit, statement_of(event))


for kind in (CourseEnrolled, LessonCompleted, CourseCompleted, ExamGraded):
    consumer.on(kind)(tell)


@consumer.on(CourseCompleted)
def score(event: CourseCompleted, unit: Unit) -> None:
    """Order that the platforms from which the learner came to the course get the score."""
    for link in answering.links_of(event.user_id, event.course_id):
        names = {"user_id": event.user_id, "course_id": event.course_id, "platform_id": link.platform_id}
        send(unit, SendScore(completed_at=event.at, **names))


@consumer.on(StatementRecorded)
def pass_on(event: StatementRecorded, unit: Unit) -> None:
    """Order that every store gets what content said."""
    row = LearningStatement.fetch(statement_id=event.statement_id, consistent=True)
    if row is not None:
        _order(unit, reading.shown(row))


def _order(unit: Unit, statement: dict[str, Any]) -> None:
    text = targets.as_text(statement)
    for target in targets.every():
        if target.is_enabled:
            send(unit, SendStatement(target_id=target.target_id, statement_id=statement["id"], statement=text))


@consumer.on(SendStatement, outside=True)
def put(task: SendStatement, _unit: Unit) -> None:
    """Put one statement into one store."""
    targets.send(task.target_id, task.statement_id, task.statement)


@consumer.on(SendScore, outside=True)
def grade(task: SendScore, _unit: Unit) -> None:
    """Send one score to one platform."""
    answering.send_score(task.user_id, task.course_id, task.platform_id, clock.iso(task.completed_at))


@long_job(consumer, BringMembers)
def bring(task: BringMembers, _unit: Unit) -> Progress:
    """Do a page of a platform's people."""
    return members.bring(task)
