"""Decisions on many questions at once, as a long job."""

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.questions import ApproveQuestions

from functions.questions import moderation

consumer = Consumer("questions-moderation")
handler = consumer.handler


@long_job(consumer, ApproveQuestions)
def approve_questions(task: ApproveQuestions, _unit: Unit) -> Progress:
    """Let a page of questions into the bank, each by itself; one that was decided meanwhile is left out."""
    return moderation.approve_page(task)
