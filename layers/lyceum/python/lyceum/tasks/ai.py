"""`integrity.detect`, `model.retrain`, `questions.write`."""

from typing import ClassVar

from lyceum.kit.long_jobs.task import JobTask


class DetectCheating(JobTask):
    """Look through what all who sat an assessment answered, for signs that somebody should look at."""

    name: ClassVar[str] = "integrity.detect"
    worker: ClassVar[str] = "ai-events"
    assessment_id: str


class RetrainModel(JobTask):
    """Train a model anew from what is known today."""

    name: ClassVar[str] = "model.retrain"
    worker: ClassVar[str] = "ai-events"
    model_id: str


class WriteQuestions(JobTask):
    """Write questions for a topic out of the lessons of its course."""

    name: ClassVar[str] = "questions.write"
    worker: ClassVar[str] = "ai-events"
    topic_id: str
    count: int
    focus: str
