"""The Lambdas of users, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, Queue
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from lyceum.model.users.classes import ClassMember, Classroom, JoinCode, PinCard
from lyceum.model.users.directory import DirectoryTerm, UserCount
from lyceum.model.users.invitations import Invitation

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
        ),
        writes=(User, LoginName, AuditEvent, Invitation, Classroom, ClassMember, JoinCode, PinCard),
        permissions=(Bucket("derived/", ("read",)), EdgeKey()),
        memory_mb=1024,
        layers=("signin",),
    ),
    Function("events.avatars", Queue(), reads=(User, Upload), writes=(User,)),
    Function("events.directory", Queue(window_seconds=1), reads=(User,), writes=(DirectoryTerm, UserCount)),
)
