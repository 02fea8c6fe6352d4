"""`integrity.detect`, `model.retrain`, `questions.write`, `text.moderate`, `passages.embed`."""

from typing import ClassVar, Literal

from lyceum.kit.event import PagedTask, Task
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


class ModerateText(Task):
    """Ask a language model how a text that many read sounds; what stands out goes to people as a report.

    `text` is what was written, without markup; `within` names the discussion of a reply.
    """

    name: ClassVar[str] = "text.moderate"
    worker: ClassVar[str] = "ai-events"
    item_type: Literal["discussion", "reply"]
    item_id: str
    within: str | None = None
    author_id: str
    text: str


class EmbedCourse(PagedTask):
    """Make vectors of the passages of a course that have none, so that the tutor finds them by what they mean."""

    name: ClassVar[str] = "passages.embed"
    worker: ClassVar[str] = "ai-events"
    course_id: str
