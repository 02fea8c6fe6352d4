"""The one table of all Lambdas; roles, queues, schedules, gateway and alarms all follow from its rows."""

from infra.declarations import (
    Authorizer,
    Bucket,
    EdgeKey,
    Function,
    Http,
    IdentitySecret,
    MalwareScan,
    PublicKey,
    PutEvents,
    Queue,
    Schedule,
    SendMail,
    SendText,
    Sign,
    Stream,
)

READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem")
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem")
KIT_FAMILIES = {Http: ("RATE", "IDEM", "OUT"), Queue: ("SEEN", "OUT"), Schedule: ("OUT",)}
"""Key families that the kit itself reads and writes for every function of a trigger."""

CATALOG = ("UNIVERSITY", "FACULTY", "DEPARTMENT", "TOPIC")
CATALOG_LISTS = ("UNIVERSITIES", "FACULTIES", "DEPARTMENTS", "COURSES", "SYLLABUS")
COURSES = ("COURSE", "LESSON", "ENROLMENT", "COURSERATING")
COURSE_LISTS = ("COURSES", "OFFER", "STANDINGS", "TAKEN", "ESTEEM", "COURSERATINGS", "LEARNING")
ASSIGNMENTS = ("ASSIGNMENT", "BOARD", "WORK", "GRADES")
ASSIGNMENT_LISTS = ("WORKS", "SUBMISSION", "REPORT")
ACCOUNTS = ("USER", "LOGIN", "CRED", "INVITE", "PIN")
QUESTIONS = ("QUESTION", "QUESTIONS", "BANK", "LISTED")
EXAMS = ("EXAM", "TAKER", "DUE", "SITTINGS")
RESULTS = (*EXAMS, "MARKS")

LIBRARY = ("CONTENT", "STARS", "OFFLINE")
LIBRARY_LISTS = ("CONTENTS", "AUTHORED", "SHELF", "POPULAR", "RATED")
_PROCESSING = (
    Bucket("uploads/", ("read", "delete", "miss")),
    Bucket("derived/", ("write", "delete")),
    Bucket("quarantine/", ("write",)),
    MalwareScan(),
)
_RETIRING = (
    Bucket("uploads/", ("read", "delete", "miss")),
    Bucket("derived/", ("read", "delete", "miss")),
    Bucket("retired/", ("write",)),
)

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "auth.api",
        Http(),
        reads=ACCOUNTS,
        writes=ACCOUNTS,
        permissions=(Sign(), PublicKey(), IdentitySecret()),
        memory_mb=1024,
        layers=("signin",),
    ),
    Function(
        "auth.courier",
        Queue(events=("code.requested", "user.contact_change_requested", "user.invited", "user.registered")),
        reads=("USER", "LOGIN", "INVITE"),
        writes=("CRED",),
        permissions=(SendMail(), SendText(), IdentitySecret()),
        timeout_seconds=20,
    ),
    Function("auth.authorizer", Authorizer(), reads=("USER",), permissions=(PublicKey(),), timeout_seconds=10),
    Function("catalog.api", Http(), reads=(*CATALOG, *CATALOG_LISTS, "COURSE"), writes=CATALOG),
    Function("catalog.counters", Queue(events=("question.approved", "question.retired"), window_seconds=1), writes=("TOPIC",)),
    Function(
        "courses.api",
        Http(),
        reads=(
            *COURSES,
            *COURSE_LISTS,
            "ANNOUNCEMENT",
            "TOLD",
            "DEPARTMENT",
            "TOPIC",
            "SYLLABUS",
            "USER",
            "UPLOAD",
            "CONTENT",
            "ENTITLEMENT",
            "BOARD",
            "GRADES",
        ),
        writes=(*COURSES, "ANNOUNCEMENT"),
        permissions=(Bucket("derived/", ("read",)),),
    ),
    Function(
        "courses.counters",
        Queue(
            events=(
                "assignment.created",
                "assignment.deleted",
                "course.completed",
                "course.enrolled",
                "course.left",
                "course.rated",
                "question.approved",
                "question.retired",
            ),
            window_seconds=1,
        ),
        reads=("COURSE",),
        writes=("COURSE",),
    ),
    Function(
        "courses.standings",
        Queue(events=("course.counted", "course.published", "course.updated"), window_seconds=1, concurrency=2),
        reads=("COURSE", "STANDINGS"),
        writes=("STANDINGS",),
    ),
    Function(
        "courses.follow",
        Queue(events=("assignment.submitted", "exam.completed", "exam.graded", "exam.released", "quiz.published", "quiz.withdrawn")),
        reads=("COURSE", "ENROLMENT", "BOARD"),
        writes=("COURSE", "ENROLMENT"),
    ),
    Function(
        "courses.spread",
        Queue(events=("announcement.posted", "announcement.spread"), concurrency=5),
        reads=("ANNOUNCEMENT", "ENROLMENT"),
        writes=("TOLD",),
    ),
    Function(
        "courses.cascade",
        Queue(events=("course.deleted",), batch_size=1),
        reads=(*COURSES, "ANNOUNCEMENT"),
        writes=(*COURSES, "ANNOUNCEMENT", "TOLD", "STANDINGS"),
        timeout_seconds=60,
    ),
    Function(
        "assignments.api",
        Http(),
        reads=(*ASSIGNMENTS, *ASSIGNMENT_LISTS, "COURSE", "ENROLMENT", "LEARNING", "LESSON", "UPLOAD", "USER", "TENANT"),
        writes=(*ASSIGNMENTS, "TENANT"),
    ),
    Function(
        "assignments.figures",
        Queue(events=("assignment.graded", "assignment.submitted"), window_seconds=1),
        reads=("ASSIGNMENT",),
        writes=("ASSIGNMENT",),
    ),
    Function(
        "assignments.quizzes",
        Queue(events=("exam.completed", "exam.graded", "exam.released")),
        reads=("COURSE", "GRADES"),
        writes=("GRADES",),
    ),
    Function("assignments.reminders", Schedule("rate(1 hour)"), reads=("DUEDAY", "TENANT"), writes=("ASSIGNMENT",), timeout_seconds=60),
    Function(
        "assignments.remind",
        Queue(events=("assignment.falls_due",)),
        reads=("ASSIGNMENT", "ENROLMENT", "WORK"),
    ),
    Function(
        "assignments.cascade",
        Queue(events=("assignment.deleted", "course.emptied"), batch_size=1),
        reads=ASSIGNMENTS,
        writes=ASSIGNMENTS,
        timeout_seconds=60,
    ),
    Function(
        "questions.api",
        Http(),
        reads=(*QUESTIONS, "KEY", "QSTAT", "MISSED", "SOLVED", "DRAWN", "TOPIC", "SYLLABUS", "COURSE", "EXAM", "TAKER"),
        writes=("QUESTION", "KEY", "LISTED", "DRAWN"),
    ),
    Function(
        "questions.statistics",
        Queue(events=("exam.completed", "exam.graded", "exam.released"), window_seconds=1),
        reads=("QUESTION", "QSTAT", "MARKS"),
        writes=("QSTAT", "PATTERN", "SOLVED"),
    ),
    Function("questions.reserve", Queue(events=("questions.reserved",)), reads=("QUESTION",), writes=("QUESTION", "LISTED")),
    Function(
        "questions.calibrate",
        Schedule("cron(0 2 * * ? *)"),
        reads=("QUESTION", "PATTERN", "TENANT"),
        writes=("QSTAT", "PATTERN"),
        memory_mb=1024,
        timeout_seconds=300,
        reserved_concurrency=1,
    ),
    Function("exams.api", Http(), reads=(*EXAMS, "BANK", "QUESTION", "ASSESSMENT", "PERFORMANCE"), writes=(*EXAMS, "TENANT")),
    Function(
        "exams.scorer",
        Http(),
        reads=(*RESULTS, "MARKING", "KEY", "ASTAT", "ASSESSMENT"),
        writes=(*RESULTS, "ASSESSMENT", "INCIDENT"),
    ),
    Function("exams.invigilation", Http(), reads=(*EXAMS, "ASSESSMENT"), writes=(*EXAMS, "ASSESSMENT", "INCIDENT")),
    Function(
        "exams.practice_tests",
        Http(),
        reads=(*EXAMS, "ASSESSMENT", "TESTS", "ASTAT", "BANK", "QUESTION"),
        writes=(*EXAMS, "ASSESSMENT", "ASTAT", "TENANT"),
    ),
    Function(
        "exams.quizzes",
        Http(),
        reads=(*EXAMS, "ASSESSMENT", "ASTAT", "BANK", "QUESTION", "COURSE"),
        writes=(*EXAMS, "ASSESSMENT", "ASTAT", "TENANT"),
    ),
    Function(
        "exams.papers",
        Http(),
        reads=("ASSESSMENT", "BANK", "QSTAT", "KEY"),
        writes=("ASSESSMENT", "ASTAT", "AUDIT"),
        timeout_seconds=25,
    ),
    Function(
        "exams.counters",
        Queue(events=("exam.completed", "exam.graded", "exam.released"), window_seconds=1),
        reads=("MARKS",),
        writes=("PERFORMANCE", "ASTAT"),
    ),
    Function(
        "exams.incidents",
        Queue(events=("incident.declared", "incident.spread"), batch_size=1),
        reads=(*RESULTS, "INCIDENT", "KEY"),
        writes=RESULTS,
        timeout_seconds=30,
    ),
    Function(
        "exams.attend",
        Queue(events=("sessions.fell_due",), batch_size=1),
        reads=(*RESULTS, "KEY"),
        writes=RESULTS,
        timeout_seconds=30,
    ),
    Function(
        "exams.sweep",
        Schedule("rate(1 minute)"),
        reads=(*RESULTS, "KEY", "TENANT"),
        writes=RESULTS,
        timeout_seconds=50,
        reserved_concurrency=1,
    ),
    Function(
        "content.api",
        Http(),
        reads=("UPLOAD", *LIBRARY, *LIBRARY_LISTS, "TOPIC", "USER", "LESSON", "COURSE"),
        writes=("UPLOAD", *LIBRARY, "SHELF", "TENANT"),
        permissions=(Bucket("uploads/", ("write", "delete", "parts")), Bucket("derived/", ("read", "delete")), EdgeKey()),
    ),
    Function(
        "content.process",
        Queue(objects="uploads/", batch_size=1, concurrency=10),
        reads=("UPLOAD", "CONTENT"),
        writes=("UPLOAD", "CONTENT"),
        permissions=_PROCESSING,
        memory_mb=2048,
        timeout_seconds=300,
        layers=("media", "documents", "scanner"),
    ),
    Function(
        "content.transcode",
        Queue(events=("content.checked",), batch_size=1, concurrency=5),
        reads=("UPLOAD", "CONTENT"),
        writes=("UPLOAD", "CONTENT"),
        permissions=_PROCESSING,
        memory_mb=3008,
        timeout_seconds=900,
        storage_mb=2048,
        layers=("video",),
    ),
    Function(
        "content.verdict",
        Queue(events=("GuardDuty Malware Protection Object Scan Result",), source="aws.guardduty"),
        reads=("UPLOAD", "CONTENT"),
        writes=("UPLOAD", "CONTENT", "SHELF"),
        permissions=_PROCESSING,
        timeout_seconds=30,
    ),
    Function(
        "content.figures",
        Queue(events=("content.downloaded", "content.rated"), window_seconds=5, concurrency=2),
        reads=("CONTENT",),
        writes=("CONTENT", "SHELF"),
    ),
    Function(
        "content.retire",
        Queue(events=("content.removed",)),
        reads=("UPLOAD",),
        writes=("UPLOAD",),
        permissions=_RETIRING,
        timeout_seconds=60,
    ),
    Function(
        "content.sweep",
        Schedule("rate(15 minutes)"),
        reads=("UPLOAD", "UPLOADDUE", "CONTENT", "TENANT"),
        writes=("UPLOAD", "CONTENT"),
        permissions=_RETIRING,
        timeout_seconds=60,
        reserved_concurrency=1,
    ),
    Function(
        "imports.api",
        Http(),
        reads=("IMPORT", "IMPORTS", "TOPIC", "COURSE"),
        writes=("IMPORT",),
        permissions=(Bucket("imports/", ("write",)), Bucket("imports-parsed/", ("read", "miss"))),
    ),
    Function(
        "imports.parse",
        Queue(objects="imports/", batch_size=1, concurrency=5),
        reads=("IMPORT", "PRINT", "QUESTION", "TOPIC", "SYLLABUS"),
        writes=("IMPORT",),
        permissions=(Bucket("imports/", ("read", "miss")), Bucket("imports-parsed/", ("write",))),
        memory_mb=2048,
        timeout_seconds=300,
        layers=("formats",),
    ),
    Function(
        "imports.run",
        Queue(events=("import.confirmed", "import.continued"), batch_size=1, concurrency=5),
        reads=("IMPORT", "TOPIC", "COURSE"),
        writes=("IMPORT", "QUESTION", "KEY", "LISTED"),
        permissions=(Bucket("imports-parsed/", ("read", "miss")),),
        memory_mb=1024,
        timeout_seconds=90,
    ),
    Function(
        "imports.prints",
        Queue(events=("question.approved", "question.submitted"), window_seconds=1),
        reads=("QUESTION", "PRINT"),
        writes=("PRINT",),
    ),
    Function("notifications.api", Http(), reads=("INBOX",), writes=("INBOX",)),
    Function(
        "notifications.dispatch",
        Queue(
            events=(
                "announcement.received",
                "assignment.due_soon",
                "assignment.graded",
                "content.failed",
                "content.processed",
                "content.published",
                "content.rejected",
                "content.returned",
                "content.verified",
                "course.completed",
                "exam.completed",
                "exam.expiring",
                "exam.graded",
                "exam.released",
                "import.completed",
                "import.failed",
                "login.suspicious",
                "password.changed",
                "question.approved",
                "question.rejected",
                "session.revoked",
                "two_factor.changed",
            )
        ),
        reads=("USER",),
        writes=("INBOX", "DELIVERY"),
    ),
    Function(
        "notifications.deliver",
        Queue(events=("notification.created",)),
        reads=("INBOX", "DELIVERY", "USER"),
        writes=("DELIVERY",),
        permissions=(SendMail(),),
        timeout_seconds=20,
    ),
    Function(
        "users.api",
        Http(),
        reads=("USER", "USERS", "NAMES", "PEOPLE", "TALLY", "CLASS", "TAKER"),
        writes=("USER", "LOGIN", "AUDIT", "INVITE", "CLASS", "JOIN", "PIN"),
        permissions=(Bucket("derived/", ("read",)), EdgeKey()),
        memory_mb=1024,
        layers=("signin",),
    ),
    Function("users.avatars", Queue(events=("content.processed",)), reads=("USER", "UPLOAD"), writes=("USER",)),
    Function(
        "users.directory",
        Queue(events=("user.deleted", "user.registered", "user.renamed", "user.role_changed"), window_seconds=1),
        reads=("USER",),
        writes=("PERSON", "TALLY"),
    ),
    Function("system.api", Http(), reads=("SEEN",)),
    Function("outbox.publish", Stream(), permissions=(PutEvents(),), timeout_seconds=20),
)


def families(function: Function, *, writes: bool) -> tuple[str, ...]:
    """Return the key families that a function may write, or those that it may read; the kit's own are among them."""
    own = function.writes if writes else function.reads
    return tuple(sorted({*own, *KIT_FAMILIES.get(type(function.trigger), ())}))
