"""The Lambdas of the question bank, and what each reads and writes; the first and the second touch guarded families."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.sessions import AnswerSheet, ExamSession, SheetBlock
from lyceum.model.questions.passages import Passage, PassageRevision
from lyceum.model.questions.question import (
    AnswerKey,
    ModerationComment,
    Question,
    QuestionListing,
    QuestionRevision,
)
from lyceum.model.questions.statistics import (
    CalibrationBacklog,
    DrawnQuestions,
    QuestionHistory,
    QuestionStatistics,
    ResponsePattern,
    SolvedQuestions,
)
from lyceum.model.users.account import User

_BANK = (Question, QuestionRevision, ModerationComment, QuestionListing, AnswerKey)
_PASSAGE = (Passage, PassageRevision)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_BANK,
            *_PASSAGE,
            Upload,
            Question.index("gsi1"),
            Question.index("gsi2"),
            QuestionStatistics,
            QuestionStatistics.index("gsi1"),
            SolvedQuestions,
            DrawnQuestions,
            Topic,
            Topic.index("gsi1"),
            Course,
            ExamSession,
            ExamSession.index("gsi2"),
            AnswerSheet,
            SheetBlock,
            User,
            Session,
        ),
        writes=(*_BANK, *_PASSAGE, DrawnQuestions, QuestionStatistics, AuditEvent, LongJob),
        permissions=(Bucket("derived/exports/", ("write", "read")),),
        layers=("workbooks",),
    ),
    Function(
        "events.statistics",
        Queue(batch_size=500, window_seconds=5, concurrency=10),
        reads=(Question, QuestionStatistics, ExamMarks, MarksRevision),
        writes=(QuestionStatistics, ResponsePattern, CalibrationBacklog, SolvedQuestions),
        memory_mb=1024,
        timeout_seconds=120,
    ),
    Function(
        "events.history",
        Queue(window_seconds=1, concurrency=200),
        reads=(ExamMarks, MarksRevision, QuestionHistory),
        writes=(QuestionHistory, SolvedQuestions),
    ),
    Function(
        "events.moderation",
        Queue(batch_size=1),
        reads=(Question, Question.index("gsi2"), LongJob),
        writes=(Question, QuestionListing, ModerationComment, AuditEvent, LongJob),
        timeout_seconds=30,
    ),
    Function("events.embargo", Queue(), reads=(Question,), writes=(Question, QuestionListing)),
    Function(
        "jobs",
        Schedule(),
        reads=(Question, ResponsePattern, CalibrationBacklog),
        writes=(QuestionStatistics, ResponsePattern, CalibrationBacklog),
        memory_mb=1024,
        timeout_seconds=300,
    ),
)
