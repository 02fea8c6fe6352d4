"""Everything that is stored: this folder is the single-table design, one file an aggregate.

Importing the package imports every entity, so that a query over mixed kinds knows them all.
"""

from lyceum.kit.consumers.records import OutboxItem, ProcessedEvent
from lyceum.kit.http.records import IdempotencyRecord, RateLimitWindow
from lyceum.kit.jobs.records import ScheduleMark, Tenant
from lyceum.model.assignments import (
    Assignment,
    AssignmentBoard,
    AssignmentFigures,
    AssignmentText,
    Attempt,
    Extensions,
    GradeRecord,
    GradeSheet,
    Rubric,
    Work,
)
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Challenge, Credential, Device, LoginName, OneTimeCode, RefreshKey, ResetTicket, Session, SignInFailures, TwoFactor
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.content.library import ContentFigures, ContentItem, ContentRating, OfflineCopy, ShelfEntry
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.announcements import Announcement, Told
from lyceum.model.courses.course import Course, CourseRating, CourseStanding, Dependant, Outline, PrerequisiteGraph
from lyceum.model.courses.enrolments import Enrolment, Seats, StudyTime
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.model.entitlements import Entitlement
from lyceum.model.exams.assessments import Assessment, AssessmentForm, Incident, Sitting
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.sessions import (
    ActiveSession,
    AnswerSheet,
    Attempts,
    DailyStarts,
    ExamPaper,
    ExamSession,
    SessionEvent,
    SweepMark,
)
from lyceum.model.exams.statistics import ItemStatistics, Performance, ScoreDistribution
from lyceum.model.imports import ImportJob, QuestionPrint
from lyceum.model.notifications.deliveries import Delivery, Digest, PushDevice, PushToken, Suppression
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.notifications.reminders import NewQuestions, StudyDay, StudyReminder
from lyceum.model.questions.question import AnswerKey, ListedQuestion, ModerationComment, Question, QuestionRevision
from lyceum.model.questions.statistics import (
    DrawnQuestions,
    QuestionStatistics,
    ResponsePattern,
    SolvedQuestions,
    Uncalibrated,
)
from lyceum.model.realtime import Follower, Signal, SocketConnection, SocketTicket
from lyceum.model.users.account import User
from lyceum.model.users.classes import Classroom, JoinCode, PinCard, Pupil
from lyceum.model.users.directory import PersonTerm, UserCount
from lyceum.model.users.invitations import Invitation

__all__ = [
    "ActiveSession",
    "Announcement",
    "AnswerKey",
    "AnswerSheet",
    "Assessment",
    "AssessmentForm",
    "Assignment",
    "AssignmentBoard",
    "AssignmentFigures",
    "AssignmentText",
    "Attempt",
    "Attempts",
    "AuditEvent",
    "Challenge",
    "Classroom",
    "ContentFigures",
    "ContentItem",
    "ContentRating",
    "Course",
    "CourseRating",
    "CourseStanding",
    "Credential",
    "DailyStarts",
    "Delivery",
    "Department",
    "Dependant",
    "Device",
    "Digest",
    "DrawnQuestions",
    "Enrolment",
    "Entitlement",
    "ExamMarks",
    "ExamPaper",
    "ExamSession",
    "Extensions",
    "Faculty",
    "Follower",
    "GradeRecord",
    "GradeSheet",
    "IdempotencyRecord",
    "ImportJob",
    "InboxCounter",
    "Incident",
    "Invitation",
    "ItemStatistics",
    "JoinCode",
    "Lesson",
    "LessonBody",
    "ListedQuestion",
    "LoginName",
    "MarksRevision",
    "ModerationComment",
    "NewQuestions",
    "Notification",
    "NotificationPreferences",
    "OfflineCopy",
    "OneTimeCode",
    "OutboxItem",
    "Outline",
    "Performance",
    "PersonTerm",
    "PinCard",
    "PrerequisiteGraph",
    "ProcessedEvent",
    "Pupil",
    "PushDevice",
    "PushToken",
    "Question",
    "QuestionPrint",
    "QuestionRevision",
    "QuestionStatistics",
    "RateLimitWindow",
    "RefreshKey",
    "ResetTicket",
    "ResponsePattern",
    "Rubric",
    "ScheduleMark",
    "ScoreDistribution",
    "Seats",
    "Session",
    "SessionEvent",
    "ShelfEntry",
    "SignInFailures",
    "Signal",
    "Sitting",
    "SocketConnection",
    "SocketTicket",
    "SolvedQuestions",
    "StudyDay",
    "StudyReminder",
    "StudyTime",
    "Suppression",
    "SweepMark",
    "Tenant",
    "Told",
    "Topic",
    "TwoFactor",
    "Uncalibrated",
    "University",
    "Upload",
    "User",
    "UserCount",
    "Work",
]  # fmt: skip
