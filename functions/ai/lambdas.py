"""The Lambdas of intelligence, and what each reads and writes."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import AskModels, Bucket, Function, Http, Listen, Queue, Schedule
from lyceum.model.ai.asking import (
    Chat,
    ChatLine,
    EssayDraft,
    GeneratedQuestion,
    ModelBudget,
    ModelCircuit,
    StudyGuide,
)
from lyceum.model.ai.integrity import CheatFlag, FocusLoss, IntegrityReport, UpheldFlag
from lyceum.model.ai.prediction import LearnerSnapshot, ModelState, ModelVersion
from lyceum.model.analytics.classes import CourseReport
from lyceum.model.analytics.learners import TopicFigures
from lyceum.model.assignments import Assignment, Submission
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseOutline, CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import LessonBody
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ActiveSession, AnswerSheet, ExamSession
from lyceum.model.questions.question import AnswerKey, Question
from lyceum.model.questions.statistics import QuestionHistory, QuestionStatistics
from lyceum.model.users.account import User

VOICE = "derived/exports/"
"""Where what voice notes say lies until it is read."""
_FLAGS = (CheatFlag, UpheldFlag, FocusLoss)
_ASKING = (ModelBudget, ModelCircuit)
_ASKED = (Chat, StudyGuide, EssayDraft, GeneratedQuestion)

LAMBDAS = (
    Function(
        "http.advice",
        Http(),
        reads=(
            *_FLAGS,
            CheatFlag.index("gsi1"),
            IntegrityReport,
            ModelState,
            Question,
            Question.index("gsi1"),
            QuestionStatistics.index("gsi1"),
            QuestionStatistics.index("gsi2"),
            QuestionHistory,
            Course,
            Enrolment,
            Topic,
            Topic.index("gsi1"),
            TopicFigures,
            CourseReport,
            Assignment,
            Submission,
            Submission.index("gsi2"),
            LessonBody,
            Assessment,
            ExamSession,
            User,
            Session,
        ),
        writes=(*_FLAGS, LongJob, AuditEvent),
        memory_mb=1024,
        timeout_seconds=25,
    ),
    Function(
        "http.assistant",
        Http(),
        reads=(
            *_ASKED,
            EssayDraft.index("gsi1"),
            ModelCircuit,
            ActiveSession,
            ExamSession,
            ExamSession.index("gsi2"),
            Course,
            Enrolment,
            Enrolment.index("gsi1"),
            LessonBody,
            Topic,
            Upload,
            Assignment,
            Submission,
            Submission.index("gsi2"),
            User,
            Session,
        ),
        writes=(*_ASKED, *_ASKING, ChatLine, LongJob, Question, AnswerKey),
        permissions=(
            AskModels(),
            Listen(),
            Bucket("derived/", ("read",)),
            Bucket(VOICE, ("write", "delete")),
            Bucket("search/", ("read", "miss")),
        ),
        layers=("meaning",),
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        "events",
        Queue(batch_size=1, concurrency=5),
        reads=(
            LongJob,
            CheatFlag,
            FocusLoss,
            Assessment,
            AssessmentAttempt,
            ExamMarks,
            AnswerSheet,
            ModelState,
            LearnerSnapshot.index("gsi1"),
            CourseRanking,
            Enrolment,
            ModelCircuit,
            Topic,
            Course,
            CourseOutline,
            LessonBody,
        ),
        writes=(LongJob, CheatFlag, IntegrityReport, ModelState, ModelVersion, GeneratedQuestion, *_ASKING),
        permissions=(AskModels(), Bucket("search/", ("read", "write", "delete", "miss"))),
        layers=("meaning",),
        memory_mb=1769,
        timeout_seconds=120,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(LearnerSnapshot.index("gsi1"), CourseRanking, CourseReport, Enrolment, ModelState, ModelCircuit),
        writes=(LearnerSnapshot, ModelState, ModelVersion, ModelCircuit),
        memory_mb=1024,
        timeout_seconds=600,
    ),
)
