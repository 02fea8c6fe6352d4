"""The Lambdas of users, and what each reads and writes."""

from lyceum.kit.identity.records import Revocation
from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, Queue, Schedule
from lyceum.kit.table import Entity
from lyceum.kit.table.keys import Index
from lyceum.model.analytics.learners import LearnerFigures, TopicFigures
from lyceum.model.assignments import GradeSheet, Submission
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName, Session
from lyceum.model.certificates import Certificate
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseRating
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.entitlements import Entitlement
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.integrations.launches import LaunchAccount
from lyceum.model.integrations.statements import LearningStatement
from lyceum.model.marketplace.sales import OfferPurchase
from lyceum.model.mentors import MentorFigures
from lyceum.model.proctoring import ProctorSession
from lyceum.model.store.orders import StoreOrder
from lyceum.model.store.products import ProductReview
from lyceum.model.study.learners import Learner
from lyceum.model.tutoring import TutoringEntry
from lyceum.model.users.account import User
from lyceum.model.users.classes import ClassMember, Classroom, JoinCode, PinCard
from lyceum.model.users.directory import DirectoryTerm, UserCount
from lyceum.model.users.erasure import ErasureReceipt, PurgeDue
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.invitations import Invitation
from lyceum.model.users.privacy import ConsentRecord, DataExport, LegalHold, PrivacyRequest

from functions.users import erasure
from functions.users.privacy import archive, learning_statistics, personal_data

_EXPORTED = tuple(section.kind for section in personal_data.sections())
_ERASED: tuple[type[Entity], ...] = (*erasure.REMOVED, *erasure.REMOVED_WITH_OTHERS, *erasure.EMPTIED)
_FOR_ERASURE: tuple[type[Entity] | Index, ...] = (
    *_ERASED,
    OfferPurchase,
    Upload,
    ErasureReceipt,
    LegalHold,
    PrivacyRequest,
    Submission.index("gsi1"),
    ExamSession.index("gsi2"),
    Guardianship.index("gsi1"),
    Certificate.index("gsi1"),
    StoreOrder.index("gsi1"),
    ProductReview.index("gsi2"),
    ProctorSession.index("gsi1"),
    LearningStatement.index("gsi1"),
    LaunchAccount.index("gsi1"),
)
_WRITTEN_BY_ERASURE: tuple[type[Entity], ...] = (*_ERASED, Upload, ErasureReceipt, PrivacyRequest)
_FILES_OF_ERASURE = (Bucket("uploads/", ("delete",)), Bucket("derived/", ("delete",)))

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            User,
            User.index("gsi1"),
            User.index("gsi2"),
            LoginName.index("gsi1"),
            DirectoryTerm.index("gsi1"),
            UserCount,
            Classroom,
            ClassMember,
            ExamSession.index("gsi2"),
            Enrolment,
            Enrolment.index("gsi1"),
            StudyTime,
            Course,
            CourseRating,
            Session,
            Invitation,
            Invitation.index("gsi1"),
            Guardianship,
            Guardianship.index("gsi1"),
            AuditEvent,
            AuditEvent.index("gsi1"),
            ConsentRecord,
            DataExport,
            LegalHold,
            MentorFigures,
            Learner,
            LearnerFigures,
            TopicFigures,
        ),
        writes=(
            User,
            ConsentRecord,
            DataExport,
            LegalHold,
            PrivacyRequest,
            Guardianship,
            LoginName,
            AuditEvent,
            Invitation,
            Classroom,
            ClassMember,
            JoinCode,
            PinCard,
            Revocation,
            PurgeDue,
        ),
        permissions=(Bucket("derived/", ("read",)), EdgeKey()),
        memory_mb=1024,
        layers=("signin",),
    ),
    Function("events.avatars", Queue(), reads=(User, Upload), writes=(User,)),
    Function("events.tiers", Queue(), reads=(User, Entitlement), writes=(User, Revocation)),
    Function("events.invitations", Queue(), reads=(Invitation, Invitation.index("gsi2")), writes=(Invitation,)),
    Function("events.directory", Queue(window_seconds=1), reads=(User,), writes=(DirectoryTerm, UserCount)),
    Function(
        "events.personal_data",
        Queue(batch_size=1),
        reads=(
            *_EXPORTED,
            TutoringEntry,
            Enrolment.index("gsi1"),
            Submission.index("gsi1"),
            GradeSheet.index("gsi1"),
            ExamSession.index("gsi2"),
            ContentItem.index("gsi2"),
            Guardianship.index("gsi1"),
            Certificate.index("gsi1"),
            StoreOrder.index("gsi1"),
            ProductReview.index("gsi2"),
            ProctorSession.index("gsi1"),
            LearningStatement.index("gsi1"),
            LaunchAccount.index("gsi1"),
            DataExport,
            Upload,
        ),
        writes=(DataExport, PrivacyRequest),
        permissions=(Bucket("uploads/", ("read", "miss")), Bucket(archive.PREFIX, ("write",))),
        memory_mb=1024,
        storage_mb=4096,
        timeout_seconds=900,
    ),
    Function(
        "events.erasure",
        Queue(batch_size=1),
        reads=(*_FOR_ERASURE, *learning_statistics.COUNTED),
        writes=(*_WRITTEN_BY_ERASURE, *learning_statistics.COUNTED),
        permissions=_FILES_OF_ERASURE,
        timeout_seconds=300,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=_FOR_ERASURE,
        writes=_WRITTEN_BY_ERASURE,
        permissions=_FILES_OF_ERASURE,
        timeout_seconds=300,
    ),
)
