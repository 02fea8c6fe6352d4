"""The Lambdas of the catalog, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Queue
from lyceum.model.audit import AuditEvent
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.courses.course import Course

_TREE = (University, Faculty, Department, Topic)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_TREE, *(level.index("gsi1") for level in _TREE), Course, Course.index("gsi1")),
        writes=(*_TREE, AuditEvent),
    ),
    Function("events", Queue(window_seconds=1), writes=(Topic,)),
)
