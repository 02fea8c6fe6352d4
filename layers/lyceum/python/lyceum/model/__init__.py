"""Everything that is stored: this folder is the single-table design, one file an aggregate.

Importing the package imports every entity, so that a query over mixed kinds knows them all.
"""

from lyceum.kit.consumers.records import OutboxItem, ProcessedEvent
from lyceum.kit.http.records import IdempotencyRecord, RateLimitWindow
from lyceum.kit.jobs.records import ScheduleMark, Tenant
from lyceum.model.assignments import (
    Assignment,
    AssignmentIndex,
    AssignmentStatistics,
    AssignmentText,
    Extensions,
    GradeRecord,
    GradeSheet,
    Rubric,
    Submission,
    SubmissionAttempt,
)
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import (
    Challenge,
    Credential,
    Device,
    LoginName,
    OneTimeCode,
    RefreshKey,
    ResetTicket,
    Session,
    SignInFailures,
    TwoFactor,
)
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.content.library import ContentItem, ContentListing, ContentRating, ContentStatistics, OfflineCopy
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.course import (
    Course,
    CourseOutline,
    CourseRanking,
    CourseRating,
    DependentCourse,
    PrerequisiteGraph,
)
from lyceum.model.courses.enrolments import Enrolment, Seats, StudyTime
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.model.entitlements import Entitlement
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt, AssessmentForm, Incident
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.sessions import (
    ActiveSession,
    AnswerSheet,
    AttemptCount,
    DailyStarts,
    ExamPaper,
    ExamSession,
    SessionEvent,
    SweepMark,
)
from lyceum.model.exams.statistics import ItemStatistics, Performance, ScoreDistribution
from lyceum.model.imports import ImportJob, QuestionFingerprint
from lyceum.model.notifications.deliveries import Delivery, Digest, PushDevice, PushToken, Suppression
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.notifications.reminders import NewQuestions, StudyDay, StudyReminder
from lyceum.model.questions.question import AnswerKey, ModerationComment, Question, QuestionListing, QuestionRevision
from lyceum.model.questions.statistics import (
    CalibrationBacklog,
    DrawnQuestions,
    QuestionStatistics,
    ResponsePattern,
    SolvedQuestions,
)
from lyceum.model.realtime import ChannelEvent, Follower, SocketConnection, SocketTicket
from lyceum.model.users.account import User
from lyceum.model.users.classes import ClassMember, Classroom, JoinCode, PinCard
from lyceum.model.users.directory import DirectoryTerm, UserCount
from lyceum.model.users.invitations import Invitation

__all__ = [
    "ActiveSession",
    "Announcement",
    "AnnouncementReceipt",
    "AnswerKey",
    "AnswerSheet",
    "Assessment",
    "AssessmentAttempt",
    "AssessmentForm",
    "Assignment",
    "AssignmentIndex",
    "AssignmentStatistics",
    "AssignmentText",
    "AttemptCount",
    "AuditEvent",
    "CalibrationBacklog",
    "Challenge",
    "ChannelEvent",
    "ClassMember",
    "Classroom",
    "ContentItem",
    "ContentListing",
    "ContentRating",
    "ContentStatistics",
    "Course",
    "CourseOutline",
    "CourseRanking",
    "CourseRating",
    "Credential",
    "DailyStarts",
    "Delivery",
    "Department",
    "DependentCourse",
    "Device",
    "Digest",
    "DirectoryTerm",
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
    "LoginName",
    "MarksRevision",
    "ModerationComment",
    "NewQuestions",
    "Notification",
    "NotificationPreferences",
    "OfflineCopy",
    "OneTimeCode",
    "OutboxItem",
    "Performance",
    "PinCard",
    "PrerequisiteGraph",
    "ProcessedEvent",
    "PushDevice",
    "PushToken",
    "Question",
    "QuestionFingerprint",
    "QuestionListing",
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
    "SignInFailures",
    "SocketConnection",
    "SocketTicket",
    "SolvedQuestions",
    "StudyDay",
    "StudyReminder",
    "StudyTime",
    "Submission",
    "SubmissionAttempt",
    "Suppression",
    "SweepMark",
    "Tenant",
    "Topic",
    "TwoFactor",
    "University",
    "Upload",
    "User",
    "UserCount",
]  # fmt: skip
