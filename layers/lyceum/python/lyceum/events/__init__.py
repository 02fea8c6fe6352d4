"""Every event of the product, one class each; whoever reacts to one imports it from here."""

from lyceum.events.assignments import (
    AssignmentCreated,
    AssignmentDeleted,
    AssignmentDueSoon,
    AssignmentGraded,
    AssignmentSubmitted,
)
from lyceum.events.auth import LoginSuspicious, PasswordChanged, SessionRevoked, SessionStarted, TwoFactorChanged
from lyceum.events.aws import FileScanned, FileUploaded, MailBounced, MailComplained
from lyceum.events.community import DiscussionReplied, QuestionAnswered
from lyceum.events.content import (
    ContentArchived,
    ContentDownloaded,
    ContentPublished,
    ContentRated,
    ContentRemoved,
    ContentReturned,
    ContentSubmitted,
    ContentVerified,
    UploadFailed,
    UploadProcessed,
    UploadRejected,
)
from lyceum.events.courses import (
    AnnouncementPosted,
    AnnouncementReceived,
    CourseCompleted,
    CourseCounted,
    CourseDeleted,
    CourseEmptied,
    CourseEnrolled,
    CourseLeft,
    CoursePublished,
    CourseRated,
    CourseUpdated,
    LessonCompleted,
    QuizPublished,
    QuizWithdrawn,
)
from lyceum.events.exams import ExamCompleted, ExamExpiring, ExamGraded, ExamReleased
from lyceum.events.gamification import BadgeEarned
from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.events.notifications import NotificationCreated, PeriodEnded, StudyReminderDue
from lyceum.events.payments import PaymentConfirmed, PlanExpiring
from lyceum.events.questions import (
    QuestionApproved,
    QuestionRejected,
    QuestionRetired,
    QuestionsReserved,
    QuestionSubmitted,
)
from lyceum.events.tutoring import MentorAssigned
from lyceum.events.users import (
    ContactChangeRequested,
    UserActivated,
    UserDeleted,
    UserInvited,
    UserPreferencesChosen,
    UserRegistered,
    UserRenamed,
    UserRoleChanged,
    UserSuspended,
    UserVerified,
)
from lyceum.kit.event import Event, catalogue, event_named
from lyceum.tasks.assignments import AssignmentFallsDue
from lyceum.tasks.auth import CodeRequested
from lyceum.tasks.content import UploadChecked
from lyceum.tasks.courses import AnnouncementSpread
from lyceum.tasks.exams import IncidentDeclared, IncidentSpread, SessionsFellDue
from lyceum.tasks.imports import ImportConfirmed, ImportContinued
from lyceum.tasks.notifications import (
    DigestDue,
    FanOutContinued,
    MailRequested,
    NoticeAddressed,
    PushRequested,
    TextRequested,
)

__all__ = [
    "AnnouncementPosted", "AnnouncementReceived", "AnnouncementSpread", "AssignmentCreated", "AssignmentDeleted",
    "AssignmentDueSoon", "AssignmentFallsDue", "AssignmentGraded", "AssignmentSubmitted", "BadgeEarned",
    "CodeRequested", "ContactChangeRequested", "ContentArchived", "ContentDownloaded", "ContentPublished",
    "ContentRated", "ContentRemoved", "ContentReturned", "ContentSubmitted", "ContentVerified", "CourseCompleted",
    "CourseCounted", "CourseDeleted", "CourseEmptied", "CourseEnrolled", "CourseLeft", "CoursePublished",
    "CourseRated", "CourseUpdated", "DigestDue", "DiscussionReplied", "Event", "ExamCompleted", "ExamExpiring",
    "ExamGraded", "ExamReleased", "FanOutContinued", "FileScanned", "FileUploaded", "ImportCompleted",
    "ImportConfirmed", "ImportContinued", "ImportFailed", "IncidentDeclared", "IncidentSpread", "LessonCompleted",
    "LoginSuspicious", "MailBounced", "MailComplained", "MailRequested", "MentorAssigned", "NoticeAddressed",
    "NotificationCreated", "PasswordChanged", "PaymentConfirmed", "PeriodEnded", "PlanExpiring", "PushRequested",
    "QuestionAnswered", "QuestionApproved", "QuestionRejected", "QuestionRetired", "QuestionSubmitted",
    "QuestionsReserved", "QuizPublished", "QuizWithdrawn", "SessionRevoked", "SessionStarted", "SessionsFellDue",
    "StudyReminderDue", "TextRequested", "TwoFactorChanged", "UploadChecked", "UploadFailed", "UploadProcessed",
    "UploadRejected", "UserActivated", "UserDeleted", "UserInvited", "UserPreferencesChosen", "UserRegistered",
    "UserRenamed", "UserRoleChanged", "UserSuspended", "UserVerified", "catalogue", "event_named",
]  # fmt: skip
