"""The Lambda of the product's own pages and of everybody's long jobs; health reads one marker that is never there."""

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Function, Http

LAMBDAS = (Function("http", Http(), reads=(ProcessedEvent, LongJob), writes=(LongJob,)),)
