"""The Lambdas of proctoring, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.uploads import Upload, UploadUsage
from lyceum.model.courses.course import Course
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.proctoring import ProctorProvider, ProctorSession, ProctorSnapshot
from lyceum.model.users.account import User

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(ProctorSession, ProctorProvider, ExamSession, Course, Upload, User, Session),
        writes=(ProctorSession, ProctorProvider, Upload, UploadUsage, AuditEvent),
        permissions=(Bucket("uploads/", ("write", "parts")), Bucket("derived/", ("read",)), EdgeKey()),
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(ProctorSnapshot.index("gsi1"),),
        writes=(ProctorSnapshot,),
        timeout_seconds=120,
    ),
)
