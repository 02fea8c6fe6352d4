"""The Lambdas of the catalog, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Queue
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.courses.course import Course
from lyceum.model.users.account import User

_TREE = (University, Faculty, Department, Topic)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_TREE, *(level.index("gsi1") for level in _TREE), Course, Course.index("gsi1"), User, Session),
        writes=(*_TREE, AuditEvent),
    ),
    Function("events", Queue(window_seconds=1), reads=(Topic,), writes=(Topic,)),
)
