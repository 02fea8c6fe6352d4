"""Tasks on sessions, incidents, saves, copies of quizzes and queues of graders."""

from datetime import datetime
from typing import Any, ClassVar

from lyceum.kit.event import PagedTask, Task
from lyceum.kit.long_jobs.task import JobTask


class CloseSessions(Task):
    """Warn of the end of these exam sessions, or end them, as it is due."""

    name: ClassVar[str] = "sessions.close"
    worker: ClassVar[str] = "exams-sessions"
    exam_ids: list[str]


class SweepPart(PagedTask):
    """Hand on in batches what is due in one part of a minute; `after` is where a page of it ended."""

    name: ClassVar[str] = "sessions.sweep"
    worker: ClassVar[str] = "exams-sessions"
    due_minute: str


class FanOutIncident(PagedTask):
    """Hand every session of an assessment on in batches for an incident; `after` is the last session of a page."""

    name: ClassVar[str] = "incident.fan_out"
    worker: ClassVar[str] = "exams-sessions"
    assessment_id: str
    incident_id: str


class ApplyIncident(Task):
    """Do to these sessions of an assessment what an incident asks.

    - `is_late`: they ran when it came to the others, and have ended since.
    """

    name: ClassVar[str] = "incident.apply"
    worker: ClassVar[str] = "exams-sessions"
    assessment_id: str
    incident_id: str
    exam_ids: list[str]
    is_late: bool = False


class RegradeSessions(JobTask):
    """Work out what a ruling makes of every session of an assessment and, with an incident, bring it to them.

    - `ruling`: what is ruled, and whether scores may be `lower`ed.
    - `ruled_at`: since when that stands.
    """

    name: ClassVar[str] = "sessions.regrade"
    worker: ClassVar[str] = "exams-sessions"
    assessment_id: str
    incident_id: str | None = None
    ruling: dict[str, Any]
    reason: str
    ruled_at: datetime


class ChainSaves(Task):
    """Chain answers of a session, each with `question_id`, `seq`, `operation`, `answer` and `saved_at`."""

    name: ClassVar[str] = "saves.chain"
    worker: ClassVar[str] = "exams-saves"
    exam_id: str
    saves: list[dict[str, Any]]


class CopyQuizzes(PagedTask):
    """Bring the quizzes of a course into its copy; `after` counts those that were."""

    name: ClassVar[str] = "quiz.copy"
    worker: ClassVar[str] = "exams-copying"
    course_id: str
    source_id: str
    copied_at: datetime


class MoveQueue(PagedTask):
    """Bring what waits for marks in a course into the queue of whose it is now; `after` is the last of a page."""

    name: ClassVar[str] = "queue.move"
    worker: ClassVar[str] = "exams-sessions"
    course_id: str


class ReadScans(JobTask):
    """Read scanned answer sheets of a paper; `after` is the number of the file and of the page in it that is next.

    - `candidates`: by the number that is marked on a sheet, whose it is.
    """

    name: ClassVar[str] = "scans.read"
    worker: ClassVar[str] = "exams-sessions"
    paper_id: str
    upload_ids: list[str]
    candidates: dict[str, str]


class SettleScan(Task):
    """Count a page of an answer sheet that is clear, and score the sheet once it has all its pages."""

    name: ClassVar[str] = "scan.settle"
    worker: ClassVar[str] = "exams-sessions"
    paper_id: str
    scan_id: str
