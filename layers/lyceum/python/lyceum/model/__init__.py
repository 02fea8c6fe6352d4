"""Everything that is stored: this folder is the single-table design, one file an aggregate.

Importing the package imports every entity, so that a query over mixed kinds knows them all.
"""

from lyceum.model.accounts import Session, User
from lyceum.model.audit import AuditEvent
from lyceum.model.catalogue import Course, Department, Faculty, Topic, University
from lyceum.model.content import ContentFigures, ContentItem, ContentRating, OfflineCopy, ShelfEntry
from lyceum.model.credentials import Challenge, Credential, Device, LoginName, OneTimeCode, RefreshKey, ResetTicket, SignInFailures, TwoFactor
from lyceum.model.directory import PersonTerm, UserCount
from lyceum.model.exams import ActiveSession, AnswerSheet, ExamMarks, ExamPaper, ExamSession, SweepMark
from lyceum.model.invitations import Invitation
from lyceum.model.kit import KeptAnswer, Outgoing, RateWindow, Seen
from lyceum.model.notifications import Delivery, InboxCounter, Notification
from lyceum.model.pupils import Classroom, JoinCode, PinCard, Pupil
from lyceum.model.questions import AnswerKey, ModerationComment, Question, QuestionStatistics
from lyceum.model.tenants import Tenant
from lyceum.model.uploads import Upload

__all__ = [
    "ActiveSession", "AnswerKey", "AnswerSheet", "AuditEvent", "Challenge", "Classroom", "ContentFigures",
    "ContentItem", "ContentRating", "Course", "Credential", "Delivery", "Department", "Device", "ExamMarks",
    "ExamPaper", "ExamSession", "Faculty", "InboxCounter", "Invitation", "JoinCode", "KeptAnswer", "LoginName",
    "ModerationComment", "Notification", "OfflineCopy", "OneTimeCode", "Outgoing", "PersonTerm", "PinCard",
    "Pupil", "Question", "QuestionStatistics", "RateWindow", "RefreshKey", "ResetTicket", "Seen", "Session",
    "ShelfEntry", "SignInFailures", "SweepMark", "Tenant", "Topic", "TwoFactor", "University", "Upload", "User",
    "UserCount",
]  # fmt: skip
