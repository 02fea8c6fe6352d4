"""The Lambda of the product's own pages, of everybody's long jobs and of paths that there are not.

Health reads one marker that is never there.
"""

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Function, Http

LAMBDAS = (Function("http", Http(answers_the_rest=True), reads=(ProcessedEvent, LongJob), writes=(LongJob,)),)
