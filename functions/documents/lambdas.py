"""The Lambda that typesets documents."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Queue

LAMBDAS = (
    Function(
        "events",
        Queue(batch_size=1),
        reads=(LongJob,),
        writes=(LongJob,),
        permissions=(Bucket("derived/exports/", ("read", "write")),),
        memory_mb=1024,
        timeout_seconds=60,
        layers=("typeset",),
    ),
)
