"""The Lambdas of compliance, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, Function, Http, Schedule, SignAudits, VerifyAudits
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, Submission
from lyceum.model.audit import AuditEvent, AuditHead, AuditLink, AuditRoot
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.compliance import Certification
from lyceum.model.courses.course import Course, CourseOutline, CourseRating
from lyceum.model.courses.enrolments import Enrolment, SeatPart, Seats
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.users.erasure import ErasureReceipt
from lyceum.model.users.privacy import PrivacyRequest

_TRAIL = (AuditEvent, AuditEvent.index("gsi1"), AuditEvent.index("gsi2"), AuditLink, AuditLink.index("gsi1"))
_CHAIN = (AuditHead, AuditRoot)
_CHECKED = (
    Course,
    Course.index("gsi2"),
    CourseOutline,
    CourseRating,
    Enrolment,
    Seats,
    SeatPart,
    Topic.index("gsi1"),
    Assignment,
    AssignmentIndex,
    AssignmentStatistics,
    Submission,
    User.index("gsi1"),
    UserCount,
)
_REPORTED = (PrivacyRequest.index("gsi1"), Certification)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_TRAIL, *_CHAIN, *_CHECKED, *_REPORTED, ErasureReceipt, User, Session),
        writes=(AuditEvent, Certification),
        permissions=(VerifyAudits(), Bucket("audit/", ("read", "miss"))),
        timeout_seconds=28,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(*_TRAIL, *_CHAIN),
        writes=(AuditLink, *_CHAIN),
        permissions=(SignAudits(), Bucket("audit/", ("write", "lock"))),
        timeout_seconds=120,
    ),
)
