"""Everything that is stored: this folder is the single-table design, one file an aggregate.

Importing the package imports every entity, so that a query over mixed kinds knows them all.
"""

from lyceum.model.accounts import Session, User
from lyceum.model.assessments import Assessment, AssessmentForm, Incident, ItemStatistics, Performance, ScoreDistribution, Sitting
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
from lyceum.model.catalogue import Department, Faculty, Topic, University
from lyceum.model.content import ContentFigures, ContentItem, ContentRating, OfflineCopy, ShelfEntry
from lyceum.model.courses import Announcement, Course, CourseRating, CourseStanding, Dependant, Lesson, LessonBody, Outline, PrerequisiteGraph, Told
from lyceum.model.credentials import Challenge, Credential, Device, LoginName, OneTimeCode, RefreshKey, ResetTicket, SignInFailures, TwoFactor
from lyceum.model.directory import PersonTerm, UserCount
from lyceum.model.enrolments import Enrolment, Entitlement, Seats, StudyTime
from lyceum.model.exams import (
    ActiveSession,
    AnswerSheet,
    Attempts,
    DailyStarts,
    ExamMarks,
    ExamPaper,
    ExamSession,
    MarksRevision,
    SessionEvent,
    SweepMark,
)
from lyceum.model.imports import ImportJob, QuestionPrint
from lyceum.model.invitations import Invitation
from lyceum.model.kit import KeptAnswer, Outgoing, RateWindow, Seen
from lyceum.model.notifications import (
    Delivery,
    Digest,
    InboxCounter,
    NewQuestions,
    Notification,
    NotificationPreferences,
    PushDevice,
    PushToken,
    StudyDay,
    StudyReminder,
    Suppression,
)
from lyceum.model.pupils import Classroom, JoinCode, PinCard, Pupil
from lyceum.model.questions import (
    AnswerKey,
    DrawnQuestions,
    ListedQuestion,
    ModerationComment,
    Question,
    QuestionRevision,
    QuestionStatistics,
    ResponsePattern,
    SolvedQuestions,
    Uncalibrated,
)
from lyceum.model.realtime import Follower, Signal, SocketConnection, SocketTicket
from lyceum.model.tenants import ScheduleMark, Tenant
from lyceum.model.uploads import Upload

__all__ = [
    "ActiveSession", "Announcement", "AnswerKey", "AnswerSheet", "Assessment", "AssessmentForm", "Assignment",
    "AssignmentBoard", "AssignmentFigures", "AssignmentText", "Attempt", "Attempts", "AuditEvent", "Challenge",
    "Classroom", "ContentFigures", "ContentItem", "ContentRating", "Course", "CourseRating", "CourseStanding",
    "Credential", "DailyStarts", "Delivery", "Department", "Dependant", "Device", "Digest", "DrawnQuestions",
    "Enrolment", "Entitlement", "ExamMarks", "ExamPaper", "ExamSession", "Extensions", "Faculty", "Follower",
    "GradeRecord", "GradeSheet", "ImportJob", "InboxCounter", "Incident", "Invitation", "ItemStatistics",
    "JoinCode", "KeptAnswer", "Lesson", "LessonBody", "ListedQuestion", "LoginName", "MarksRevision",
    "ModerationComment", "NewQuestions", "Notification", "NotificationPreferences", "OfflineCopy", "OneTimeCode",
    "Outgoing", "Outline", "Performance", "PersonTerm", "PinCard", "PrerequisiteGraph", "Pupil", "PushDevice",
    "PushToken", "Question", "QuestionPrint", "QuestionRevision", "QuestionStatistics", "RateWindow",
    "RefreshKey", "ResetTicket", "ResponsePattern", "Rubric", "ScheduleMark", "ScoreDistribution", "Seats",
    "Seen", "Session", "SessionEvent", "ShelfEntry", "SignInFailures", "Signal", "Sitting", "SocketConnection",
    "SocketTicket", "SolvedQuestions", "StudyDay", "StudyReminder", "StudyTime", "Suppression", "SweepMark",
    "Tenant", "Told", "Topic", "TwoFactor", "Uncalibrated", "University", "Upload", "User", "UserCount", "Work",
]  # fmt: skip
