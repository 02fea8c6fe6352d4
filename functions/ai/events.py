"""Does what takes longer than a request: looking through exams, training models, writing questions, reading courses."""

from typing import Any

from lyceum.events.courses import CourseDeleted
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import RuleViolation
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.rules.operating import circuits
from lyceum.tasks.ai import DetectCheating, EmbedCourse, ModerateText, RetrainModel, WriteQuestions

from functions.ai.integrity import reports
from functions.ai.moderation import reading
from functions.ai.prediction import training
from functions.ai.tutor import meaning
from functions.ai.writing import generating

consumer = Consumer("ai-events")
handler = consumer.handler


@long_job(consumer, DetectCheating)
def detect_cheating(task: DetectCheating, unit: Unit) -> Progress:
    """Look through an assessment, and say where the report is."""
    sat = reports.look_through(task.assessment_id, unit)
    return Progress(done=sat, total=sat, result=f"/api/ai/detect-cheating/{task.assessment_id}")


@long_job(consumer, RetrainModel)
def retrain_model(task: RetrainModel, unit: Unit) -> Progress:
    """Train a model, and say where its figures are."""
    with circuits.noted(circuits.training(task.model_id), passing=RuleViolation):
        version = training.retrain(task.model_id, unit)
    return Progress(done=1, total=1, result=f"/api/ai/models/{version.model_id}/metrics")


@long_job(consumer, WriteQuestions)
def write_questions(task: WriteQuestions, unit: Unit) -> Progress:
    """Write questions, and say where they are; those that are held count as failed."""
    waiting, held, course_id = generating.write(task, unit)
    result = f"/api/ai/generate-questions?courseId={course_id}"
    return Progress(done=waiting, failed=held, total=waiting + held, result=result)


@consumer.on(ModerateText)
def moderate_text(task: ModerateText, unit: Unit) -> None:
    """Ask a language model how a text sounds; what stands out goes to moderators."""
    reading.read(task, unit)


@consumer.paged(EmbedCourse)
def embed_course(task: EmbedCourse, unit: Unit) -> Any:
    """Make vectors of some passages of a course."""
    return meaning.embed(task, unit)


@consumer.on(CourseDeleted)
def forget_course(event: CourseDeleted, _unit: Unit) -> None:
    """Remove the vectors of a course that is gone."""
    meaning.forget(event.course_id)
