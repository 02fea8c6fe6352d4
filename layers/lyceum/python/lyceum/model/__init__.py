"""Everything that is stored: this folder is the single-table design, one file an aggregate.

Importing the package imports every entity, so that a query over mixed kinds knows them all.
"""

from lyceum.model.accounts import Session, User
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
from lyceum.model.courses import (
    Announcement,
    Course,
    CourseRating,
    CourseStanding,
    Dependant,
    Lesson,
    LessonBody,
    Outline,
    PrerequisiteGraph,
    Told,
)
from lyceum.model.credentials import Challenge, Credential, Device, LoginName, OneTimeCode, RefreshKey, ResetTicket, SignInFailures, TwoFactor
from lyceum.model.directory import PersonTerm, UserCount
from lyceum.model.enrolments import Enrolment, Entitlement, Seats, StudyTime
from lyceum.model.exams import ActiveSession, AnswerSheet, ExamMarks, ExamPaper, ExamSession, SweepMark
from lyceum.model.invitations import Invitation
from lyceum.model.kit import KeptAnswer, Outgoing, RateWindow, Seen
from lyceum.model.notifications import Delivery, InboxCounter, Notification
from lyceum.model.pupils import Classroom, JoinCode, PinCard, Pupil
from lyceum.model.questions import AnswerKey, ModerationComment, Question, QuestionStatistics
from lyceum.model.tenants import Tenant
from lyceum.model.uploads import Upload

__all__ = [
    "ActiveSession", "Announcement", "AnswerKey", "AnswerSheet", "Assignment", "AssignmentBoard",
    "AssignmentFigures", "AssignmentText", "Attempt", "AuditEvent", "Challenge", "Classroom", "ContentFigures",
    "ContentItem", "ContentRating", "Course", "CourseRating", "CourseStanding", "Credential", "Delivery", "Department", "Dependant",
    "Device", "Enrolment", "Entitlement", "ExamMarks", "ExamPaper", "ExamSession", "Extensions", "Faculty",
    "GradeRecord", "GradeSheet", "InboxCounter", "Invitation", "JoinCode", "KeptAnswer", "Lesson", "LessonBody",
    "LoginName", "ModerationComment", "Notification", "OfflineCopy", "OneTimeCode", "Outgoing", "Outline",
    "PersonTerm", "PinCard", "PrerequisiteGraph", "Pupil", "Question", "QuestionStatistics", "RateWindow",
    "RefreshKey", "ResetTicket", "Rubric", "Seats", "Seen", "Session", "ShelfEntry", "SignInFailures",
    "StudyTime", "SweepMark", "Tenant", "Told", "Topic", "TwoFactor", "University", "Upload", "User", "UserCount",
    "Work",
]  # fmt: skip
