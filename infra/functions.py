"""The one table of all Lambdas; roles, queues, schedules, gateway and alarms all follow from its rows."""

from infra.declarations import Authorizer, Bucket, Function, Http, PublicKey, PutEvents, Queue, Schedule, SendMail, Sign, Stream

READS = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem")
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
KIT_FAMILIES = {Http: ("RATE", "IDEM", "OUT"), Queue: ("SEEN", "OUT"), Schedule: ("OUT",)}
"""Key families that the kit itself reads and writes for every function of a trigger."""

CATALOG = (
    "UNIVERSITY", "UNIVERSITIES", "FACULTY", "FACULTIES", "DEPARTMENT", "DEPARTMENTS", "COURSE", "COURSES", "TOPIC", "SYLLABUS",
)  # fmt: skip
ACCOUNTS = ("USER", "LOGIN", "CRED", "SESSION")
SESSIONS = ("EXAM", "TAKER", "DUE")
MARKS = ("MARKS",)
BANK = ("QUESTION", "QUESTIONS", "BANK", "KEY", "QSTAT")

FUNCTIONS: tuple[Function, ...] = (
    Function("auth.api", Http(), reads=ACCOUNTS, writes=ACCOUNTS, permissions=(Sign(), PublicKey()), memory_mb=1024),
    Function("auth.authorizer", Authorizer(), reads=("USER",), permissions=(PublicKey(),), timeout_seconds=5),
    Function("catalog.api", Http(), reads=CATALOG, writes=CATALOG),
    Function("catalog.counters", Queue(events=("question.approved", "question.retired"), window_seconds=1), writes=("TOPIC", "COURSE")),
    Function("questions.api", Http(), reads=(*BANK, "TOPIC", "COURSE", "USER"), writes=("QUESTION", "KEY", "QSTAT")),
    Function("questions.statistics", Queue(events=("exam.completed",), window_seconds=1), reads=("KEY", "QSTAT"), writes=("QSTAT",)),
    Function("exams.api", Http(), reads=(*SESSIONS, "QUESTION", "BANK", "TOPIC", "COURSE"), writes=SESSIONS),
    Function("exams.scorer", Http(), reads=(*SESSIONS, *MARKS, "QUESTION", "KEY"), writes=(*SESSIONS, *MARKS)),
    Function(
        "exams.sweep",
        Schedule("rate(1 minute)"),
        reads=(*SESSIONS, *MARKS, "QUESTION", "KEY"),
        writes=(*SESSIONS, *MARKS),
        timeout_seconds=50,
        reserved_concurrency=1,
    ),
    Function(
        "content.api",
        Http(),
        reads=("UPLOAD",),
        writes=("UPLOAD",),
        permissions=(Bucket("uploads/", ("write",)), Bucket("derived/", ("read",))),
    ),
    Function(
        "content.process",
        Queue(objects="uploads/", batch_size=1, concurrency=10),
        reads=("UPLOAD",),
        writes=("UPLOAD",),
        permissions=(
            Bucket("uploads/", ("read", "delete")),
            Bucket("derived/", ("write",)),
            Bucket("quarantine/", ("write",)),
        ),
        memory_mb=1024,
        timeout_seconds=60,
        layers=("media",),
    ),
    Function("notifications.api", Http(), reads=("INBOX",), writes=("INBOX",)),
    Function(
        "notifications.dispatch",
        Queue(events=("exam.completed", "exam.expiring", "question.approved")),
        reads=("INBOX", "DELIVERY", "USER"),
        writes=("INBOX", "DELIVERY"),
        permissions=(SendMail(),),
        timeout_seconds=20,
    ),
    Function("system.api", Http(), reads=("HEALTH",)),
    Function("outbox.publish", Stream(), permissions=(PutEvents(),), timeout_seconds=20),
)


def families(function: Function, *, writes: bool) -> tuple[str, ...]:
    """Return the key families that a function may write, or those that it may read; the kit's own are among them."""
    own = function.writes if writes else function.reads
    return tuple(sorted({*own, *KIT_FAMILIES.get(type(function.trigger), ())}))
