"""The Lambda of the product's own pages; health reads one marker that is never there."""

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.manifest import Function, Http

LAMBDAS = (Function("http", Http(), reads=(ProcessedEvent,)),)
