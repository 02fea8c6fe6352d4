"""The Lambdas of the product itself: pages, long jobs, paths that there are not, and what is looked at on time.

Copies of the content network before the API are ended where a stage has one. Health reads one marker that is never
there. The status page is read from its copy where the table does not answer.
"""

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, EdgeKey, EndCopies, Function, Http, Queue, ReadBackups, Schedule
from lyceum.model.admin.platform import PlatformIncident, Region, UptimeDay
from lyceum.model.admin.telemetry import ApiUsage, DayCount
from lyceum.model.ai.asking import ModelCircuit
from lyceum.model.auth import Session
from lyceum.model.payments.books import ProviderCircuit
from lyceum.model.users.account import User

LAMBDAS = (
    Function(
        "http",
        Http(answers_the_rest=True),
        reads=(
            ProcessedEvent,
            LongJob,
            ProviderCircuit,
            ModelCircuit,
            UptimeDay,
            PlatformIncident,
            Region,
            ApiUsage,
            DayCount,
            User,
            Session,
        ),
        writes=(LongJob,),
        permissions=(Bucket("derived/exports/", ("read",)), Bucket("status/", ("read",)), EdgeKey()),
    ),
    Function(
        "events",
        Queue(window_seconds=20),
        permissions=(EndCopies(),),
        memory_mb=256,
        timeout_seconds=120,
        goes_with="api_edge",
    ),
    Function("jobs", Schedule(), permissions=(ReadBackups(),), memory_mb=256),
)
