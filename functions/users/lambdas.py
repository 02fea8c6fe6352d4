"""The Lambdas of users, and what each reads and writes."""

from lyceum.kit.identity.records import Revocation
from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, Queue, Schedule
from lyceum.model.assignments import Submission
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName, Session
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseRating
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from lyceum.model.users.classes import ClassMember, Classroom, JoinCode, PinCard
from lyceum.model.users.directory import DirectoryTerm, UserCount
from lyceum.model.users.erasure import ErasureReceipt, PurgeDue
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.invitations import Invitation

from functions.users import erasure

_ERASED = (*erasure.REMOVED, *erasure.REMOVED_WITH_OTHERS, *erasure.EMPTIED)

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
        ),
        writes=(
            User,
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
    Function("events.invitations", Queue(), reads=(Invitation, Invitation.index("gsi2")), writes=(Invitation,)),
    Function("events.directory", Queue(window_seconds=1), reads=(User,), writes=(DirectoryTerm, UserCount)),
    Function(
        "jobs",
        Schedule(),
        reads=(*_ERASED, Upload, Submission.index("gsi1"), ExamSession.index("gsi2"), Guardianship.index("gsi1")),
        writes=(*_ERASED, Upload, ErasureReceipt),
        permissions=(Bucket("uploads/", ("delete",)), Bucket("derived/", ("delete",))),
        timeout_seconds=300,
    ),
)
