"""The Lambdas of imports, and what each reads and writes, in the table and in the bucket."""

from lyceum.kit.identity.records import Revocation
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, CallWebhooks, Function, Http, Queue
from lyceum.model.assignments import GradeSheet
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName, Session
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, Seats
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.imports import ImportJob, QuestionFingerprint, RosterClass, RosterSource
from lyceum.model.questions.question import AnswerKey, ModerationComment, Question, QuestionListing
from lyceum.model.users.account import User

from functions.imports.exports import export_jobs
from functions.imports.people import people_import

_ROSTER = (RosterClass, Course, Enrolment)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            ImportJob,
            ImportJob.index("gsi1"),
            ImportJob.index("gsi2"),
            Topic,
            Topic.index("gsi1"),
            Course,
            User,
            Session,
            RosterSource,
        ),
        writes=(ImportJob, LongJob, AuditEvent, Topic, RosterSource),
        permissions=(
            CallWebhooks(),
            Bucket("imports/", ("write",)),
            Bucket("imports-parsed/", ("read", "miss")),
            Bucket(people_import.PREFIX, ("write",)),
        ),
    ),
    Function(
        "events.parse",
        Queue(objects="imports/", batch_size=1, concurrency=5),
        reads=(ImportJob, QuestionFingerprint, Question, Topic, Topic.index("gsi1")),
        writes=(ImportJob,),
        permissions=(Bucket("imports/", ("read", "miss")), Bucket("imports-parsed/", ("write",))),
        memory_mb=2048,
        timeout_seconds=300,
        layers=("formats",),
    ),
    Function(
        "events.write",
        Queue(batch_size=1, concurrency=5),
        reads=(ImportJob, ImportJob.index("gsi1"), Topic, Course),
        writes=(ImportJob, Question, ModerationComment, QuestionListing, AnswerKey, QuestionFingerprint),
        permissions=(Bucket("imports-parsed/", ("read", "miss")), Bucket("imports/", ("delete",))),
        memory_mb=1024,
        timeout_seconds=90,
    ),
    Function(
        "events.exports",
        Queue(batch_size=1, concurrency=2),
        reads=(
            LongJob,
            User.index("gsi1"),
            ExamSession.index("gsi2"),
            GradeSheet.index("gsi1"),
            AuditEvent.index("gsi2"),
        ),
        writes=(LongJob,),
        permissions=(Bucket(export_jobs.PREFIX, ("read", "write")),),
        memory_mb=1024,
        storage_mb=2048,
        timeout_seconds=300,
        layers=("workbooks",),
    ),
    Function(
        "events.people",
        Queue(batch_size=1, concurrency=2),
        reads=(LongJob, LoginName.index("gsi1"), User, User.index("gsi2"), *_ROSTER, RosterSource),
        writes=(LongJob, User, LoginName, AuditEvent, Revocation, *_ROSTER, CourseOutline, Seats, RosterSource),
        permissions=(
            CallWebhooks(),
            Bucket(people_import.PREFIX, ("read", "write", "miss")),
            Bucket(people_import.REPORTS, ("write",)),
        ),
        memory_mb=1024,
        timeout_seconds=120,
        layers=("formats", "workbooks"),
    ),
    Function(
        "events.fingerprints",
        Queue(window_seconds=1),
        reads=(Question, QuestionFingerprint),
        writes=(QuestionFingerprint,),
    ),
)
