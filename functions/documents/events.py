"""Typesets documents, each by a job."""

from lyceum.events.documents import DocumentRendered
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.documents import RenderDocument

from functions.documents import rendering

consumer = Consumer("documents-events")
handler = consumer.handler


@long_job(consumer, RenderDocument)
def render_document(task: RenderDocument, unit: Unit) -> Progress:
    """Typeset a document and tell of it."""
    key = rendering.render(task)
    told = {"owner_id": task.owner_id, "job_id": task.job_id, "template": task.template, "key": key}
    send(unit, DocumentRendered(**told, reference=task.reference))
    return Progress(done=1, result=key)
