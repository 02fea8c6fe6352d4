"""What is due at a time: accounts that were deleted 30 days ago are erased."""

from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import find_all
from lyceum.model.users.erasure import PurgeDue

from functions.users import erasure

jobs = Jobs("users")
handler = jobs.handler
logger = Logger()


@jobs.in_every_span("rate(1 hour)", timedelta(days=1))
def erase_deleted_accounts(day: datetime) -> None:
    """Erase the deleted accounts of a day whose time has come; the rest of today's are left to a later run."""
    for due in find_all(PurgeDue, day=clock.iso(day)[:10]):
        if erasure.erase(due):
            logger.info("account erased", extra={"user": due.user_id})
