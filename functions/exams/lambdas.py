"""The Lambdas of exams, and what each reads and writes.

They are apart by what they may see: delivery, assessments and proctoring know neither keys nor marks, papers knows keys
and no sessions, marking and the two that end sessions know both, statistics knows marks alone.
"""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, Queue, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.entitlements import Entitlement
from lyceum.model.exams.assessments import (
    Assessment,
    AssessmentAttempt,
    AssessmentForm,
    DueParts,
    EmbargoedBank,
    Incident,
    KeyReview,
    SavedBlueprint,
)
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.scans import ScannedPage, ScannedSheet
from lyceum.model.exams.sessions import (
    ActiveSession,
    AnswerSheet,
    AttemptCount,
    ChainedSave,
    CodeGuesses,
    DailyStarts,
    ExamPack,
    ExamPaper,
    ExamSession,
    SaveChain,
    SealedSaves,
    SessionEvent,
    SheetBlock,
)
from lyceum.model.exams.statistics import ItemStatistics, Performance, ScoreDistribution
from lyceum.model.marketplace.offers import BankContents
from lyceum.model.questions.passages import Passage
from lyceum.model.questions.question import AnswerKey, Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.model.users.account import User

_SESSION = (
    ExamSession,
    ExamPack,
    AnswerSheet,
    SheetBlock,
    ExamPaper,
    SessionEvent,
    ActiveSession,
    AttemptCount,
    DailyStarts,
    CodeGuesses,
    AssessmentAttempt,
)
_SAVES = (SaveChain, SealedSaves, ChainedSave)
_MARKS = (ExamMarks, MarksRevision)
_ASSESSMENT = (Assessment, AssessmentForm, EmbargoedBank)
_STATISTICS = (ScoreDistribution, ItemStatistics)

LAMBDAS = (
    Function(
        "http.delivery",
        Http(),
        reads=(
            *_SESSION,
            ExamSession.index("gsi2"),
            *_ASSESSMENT,
            Question,
            Question.index("gsi1"),
            QuestionStatistics,
            Passage,
            Performance,
            Course,
            Enrolment,
            Upload,
        ),
        writes=_SESSION,
    ),
    Function(
        "http.marking",
        Http(),
        reads=(
            *_SESSION,
            *_MARKS,
            ExamMarks.index("gsi1"),
            ExamMarks.index("gsi2"),
            AnswerKey,
            Question,
            Assessment,
            Upload,
            Course,
            KeyReview,
            *_STATISTICS,
            User,
            Session,
        ),
        writes=(*_SESSION, *_MARKS, Assessment, Incident, LongJob, KeyReview, AuditEvent),
    ),
    Function(
        "http.assessments",
        Http(),
        reads=(
            *_SESSION,
            *_ASSESSMENT,
            Assessment.index("gsi1"),
            *_STATISTICS,
            Question,
            Question.index("gsi1"),
            Passage,
            Course,
            Enrolment,
            Entitlement,
            BankContents,
            User,
            Session,
        ),
        writes=(*_SESSION, *_ASSESSMENT, DueParts, Incident, *_STATISTICS, AuditEvent),
    ),
    Function(
        "http.papers",
        Http(),
        reads=(
            *_ASSESSMENT,
            Assessment.index("gsi2"),
            AssessmentAttempt,
            SavedBlueprint,
            *_STATISTICS,
            AnswerKey,
            Question,
            Question.index("gsi1"),
            Passage,
            QuestionStatistics,
            ScannedPage,
            ScannedPage.index("gsi1"),
            Upload,
            User,
            Session,
        ),
        writes=(
            *_ASSESSMENT,
            DueParts,
            SavedBlueprint,
            Incident,
            ScoreDistribution,
            AuditEvent,
            ScannedPage,
            LongJob,
        ),
        permissions=(Bucket("derived/exports/", ("read",)), EdgeKey()),
        timeout_seconds=25,
    ),
    Function(
        "http.printing",
        Http(),
        reads=(Assessment, AssessmentForm, AnswerKey, Course, Upload, User, Session),
        writes=(AuditEvent,),
        permissions=(Bucket("derived/", ("read",)),),
        memory_mb=1769,
        timeout_seconds=25,
        layers=("typeset", "mail"),
    ),
    Function(
        "http.proctoring",
        Http(),
        reads=(*_SESSION, *_SAVES, Assessment, Incident, Course, User, Session),
        writes=(*_SESSION, Assessment, Incident, AuditEvent),
    ),
    Function(
        "events.sessions",
        Queue(batch_size=1),
        reads=(
            *_SESSION,
            ExamSession.index("gsi1"),
            *_MARKS,
            ExamMarks.index("gsi2"),
            AnswerKey,
            Question,
            Assessment,
            Incident,
            Course,
            LongJob,
            AssessmentForm,
            KeyReview,
            ScannedPage,
            ScannedSheet,
            Upload,
            User,
        ),
        writes=(*_SESSION, *_MARKS, Incident, LongJob, KeyReview, ScannedPage, ScannedSheet),
        permissions=(Bucket("derived/", ("read",)), Bucket("derived/exports/", ("write",))),
        memory_mb=1769,
        timeout_seconds=60,
        layers=("media", "documents", "sheets"),
    ),
    Function(
        "events.saves",
        Queue(batch_size=100, window_seconds=2),
        reads=_SAVES,
        writes=(SaveChain, SealedSaves),
    ),
    Function(
        "events.copying",
        Queue(),
        reads=(Assessment, AssessmentForm, Course, CourseOutline),
        writes=(Assessment, AssessmentForm, ScoreDistribution),
    ),
    Function(
        "events.statistics",
        Queue(batch_size=500, window_seconds=5, concurrency=10),
        reads=(*_MARKS, ScoreDistribution),
        writes=(Performance, *_STATISTICS),
        memory_mb=1024,
        timeout_seconds=120,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(
            *_SESSION,
            ExamSession.index("gsi1"),
            DueParts,
            *_MARKS,
            AnswerKey,
            Question,
            Assessment,
            Course,
            KeyReview,
        ),
        writes=(*_SESSION, *_MARKS, KeyReview),
        timeout_seconds=50,
    ),
)
