"""The Lambdas of the product itself: pages, long jobs, paths that there are not, and what is looked at on time.

Health reads one marker that is never there.
"""

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, ReadBackups, Schedule

LAMBDAS = (
    Function(
        "http",
        Http(answers_the_rest=True),
        reads=(ProcessedEvent, LongJob),
        writes=(LongJob,),
        permissions=(Bucket("derived/exports/", ("read",)), EdgeKey()),
    ),
    Function("jobs", Schedule(), permissions=(ReadBackups(),), memory_mb=256),
)
