"""Copies that the content network before the API keeps: changed ones are forgotten, and fetched anew.

It runs where a stage names its network, and has not run against one here. What a batch of changes makes stale is
forgotten by one request, whose id follows from the changes, so a batch that comes twice is one (CloudFront API
2020-05-31, CreateInvalidation, `CallerReference`). A forgetting takes seconds; what is a page of its own is fetched
afterwards, so that the first caller finds it near.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.tasks.system import EndCopies, FetchCopies

consumer = Consumer("system-events")
handler = consumer.handler
logger = Logger()
_MOST_TRIES = 10
_MOST_FETCHED = 30
"""Of one batch; a change of a whole catalogue is left to its first readers."""


@consumer.fold(EndCopies)
def end(tasks: Sequence[EndCopies], unit: Unit) -> None:
    """Forget what a batch of changes made stale, whatever the query, and order that it is fetched anew."""
    if not settings().api_edge:  # the stage has none any more
        return
    paths = sorted({path for task in tasks for path in task.paths})
    reference = hashlib.sha256("".join(sorted(task.event_id for task in tasks)).encode()).hexdigest()[:32]
    items = sorted({_whatever_the_query(path) for path in paths})
    told = clients.client("cloudfront").create_invalidation(
        DistributionId=settings().api_edge,
        InvalidationBatch={"CallerReference": reference, "Paths": {"Quantity": len(items), "Items": items}},
    )
    pages = [path for path in paths if "*" not in path][:_MOST_FETCHED]
    if pages:
        send(unit, FetchCopies(paths=pages, invalidation=told["Invalidation"]["Id"]))


@consumer.on(FetchCopies)
def fetch(task: FetchCopies, unit: Unit) -> None:
    """Fetch pages anew once their copies are forgotten; it waits for that ten batches, then leaves them to readers."""
    told = clients.client("cloudfront").get_invalidation(DistributionId=settings().api_edge, Id=task.invalidation)
    if told["Invalidation"]["Status"] != "Completed":
        if task.tries < _MOST_TRIES:
            send(unit, FetchCopies(paths=task.paths, invalidation=task.invalidation, tries=task.tries + 1))
        return
    own = replace(client(), own_domain="")
    for path in task.paths:
        try:
            own.call("GET", f"https://{settings().api_host}{path}")
        except OutgoingError as error:
            logger.info("a copy was not fetched", extra={"path": path, "reason": type(error).__name__})


def _whatever_the_query(path: str) -> str:
    """Return the address with any query behind it, which the network counts as one path."""
    return path if path.endswith("*") else f"{path}*"
