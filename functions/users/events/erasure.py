"""Erases accounts that are to go at once, and resets what was counted of somebody's learning."""

from aws_lambda_powertools import Logger

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit
from lyceum.model.users.erasure import PurgeDue
from lyceum.tasks.users import EraseAccount, ResetStatistics

from functions.users import erasure
from functions.users.privacy import learning_statistics

consumer = Consumer("users-erasure")
handler = consumer.handler
logger = Logger()


@consumer.on(EraseAccount, outside=True)
def erase(task: EraseAccount, _unit: Unit) -> None:
    """Erase an account; one that is held or stopped half-way is left to the daily job."""
    due = PurgeDue.fetch(day=task.day, user_id=task.user_id, consistent=True)
    if due is not None and erasure.erase(due):
        logger.info("account erased", extra={"user": task.user_id})


@consumer.on(ResetStatistics)
def reset(task: ResetStatistics, unit: Unit) -> None:
    """Remove the counters of somebody's learning."""
    learning_statistics.reset(task.user_id, unit)
