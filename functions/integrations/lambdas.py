"""The Lambdas of integrations, and what each reads and writes."""

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.identity.records import Revocation
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, CallWebhooks, Function, Http, Links, Queue
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LaunchTicket, LoginName, Session
from lyceum.model.content.library import ContentItem
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.courses.lessons import Lesson
from lyceum.model.integrations.directory import DirectoryGroup, DirectoryLink, DirectoryMember
from lyceum.model.integrations.launches import (
    DeepLink,
    LaunchAccount,
    LaunchState,
    Platform,
    RosterLink,
    ScoreLink,
    ToolKey,
)
from lyceum.model.integrations.packages import PackageDocument, PackageRegistration, PackageUnit
from lyceum.model.integrations.statements import LearningStatement, StatementTarget
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount

_DIRECTORY = (DirectoryLink, DirectoryGroup, DirectoryMember)
_MEMBERS = (LaunchAccount, User, Enrolment)
_PACKAGES = (PackageRegistration, PackageUnit, PackageDocument)

LAMBDAS = (
    Function(
        "http.directory",
        Http(),
        reads=(
            *_DIRECTORY,
            DirectoryLink.index("gsi1"),
            LoginName.index("gsi1"),
            User,
            User.index("gsi1"),
            UserCount,
            Session,
        ),
        writes=(*_DIRECTORY, User, LoginName, AuditEvent, Revocation),
        layers=("signin",),
    ),
    Function(
        "http.rosters",
        Http(),
        reads=(
            User,
            User.index("gsi1"),
            User.index("gsi2"),
            UserCount,
            LoginName.index("gsi1"),
            Course,
            Course.index("gsi2"),
            Enrolment,
            Enrolment.index("gsi1"),
            Session,
        ),
    ),
    Function(
        "http.statements",
        Http(),
        reads=(
            LearningStatement,
            LearningStatement.index("gsi1"),
            StatementTarget,
            LoginName.index("gsi1"),
            User,
            Session,
            *_PACKAGES,
            ContentItem,
            Lesson,
            Course,
            Enrolment,
        ),
        writes=(LearningStatement, StatementTarget, AuditEvent, *_PACKAGES),
        permissions=(CallWebhooks(), Bucket("derived/", ("read",))),
    ),
    Function(
        "http.launches",
        Http(),
        reads=(Platform, ToolKey, LaunchState, LaunchAccount, DeepLink, RosterLink, Course, User, Session),
        writes=(
            Platform,
            ToolKey,
            LaunchState,
            LaunchAccount,
            DeepLink,
            ScoreLink,
            RosterLink,
            LaunchTicket,
            LongJob,
            User,
            LoginName,
            AuditEvent,
        ),
        permissions=(CallWebhooks(),),
        layers=("signin",),
    ),
    Function(
        "events",
        Queue(batch_size=5, concurrency=5),
        reads=(
            LearningStatement,
            StatementTarget,
            ScoreLink,
            Platform,
            ToolKey,
            RosterLink,
            Course,
            *_MEMBERS,
            LongJob,
        ),
        writes=(StatementTarget, OutboxItem, *_MEMBERS, Seats, LoginName, AuditEvent, LongJob),
        permissions=(CallWebhooks(), Links()),
        timeout_seconds=120,
    ),
)
