"""Sending dead letters again: a worker's message to the queue that it came from, a parked one to where it was to go.

Effects are marked by event, so a message whose effect happened already changes nothing. A message is taken away once it
was sent; one that can not be sent again stays, such as a run of a job, which the next run makes up for.
"""

import json
import time
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.table.retrying import wait
from lyceum.rules import audits

from functions.admin.operations import declared, queues
from functions.admin.operations.schemas import Redrive, Redriven

_HIDDEN_SECONDS = 30
_MOST_SECONDS = 18
"""How long a request works on, so that its caller gets an answer."""
logger = Logger()


def redrive(caller: Principal, queue: str, wanted: Redrive) -> Redriven:
    """Send dead letters of a queue again, so many a second, audited; raises NotFound."""
    dead = queues.require_dead(queue)
    until = time.monotonic() + _MOST_SECONDS
    sent, kept = 0, set[str]()
    while sent + len(kept) < wanted.most and time.monotonic() < until:
        received = queues.receive(dead, seconds=_HIDDEN_SECONDS, most=min(10, wanted.most - sent - len(kept)))
        fresh = [message for message in received if message["MessageId"] not in kept]
        if not fresh:
            break
        for message in fresh:
            if _send_again(message):
                clients.client("sqs").delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                sent += 1
            else:
                kept.add(message["MessageId"])
            wait(1 / wanted.per_second)
    unit = Unit()
    audits.note(unit, caller.user_id, None, "queue.redrive", queue, after={"sent": sent, "kept": len(kept)})
    unit.commit()
    return Redriven(queue=queue, sent=sent, kept=len(kept), left=queues.waiting(queue))


def _send_again(message: dict[str, Any]) -> bool:
    """Send one message again and say whether it was taken; a failure leaves it among the dead letters."""
    letter = queues.read(message)
    if not letter.can_return:
        return False
    try:
        if letter.source:
            worker = letter.source.removeprefix(declared.full_name(""))
            _to_worker(worker, message["Body"])
        else:
            _resend(letter.detail["entry"])
    except Exception as error:
        reason = clients.error_code(error) or type(error).__name__
        logger.warning("dead letter not sent", extra={"sent": letter.name, "reason": reason})
        return False
    return True


def _resend(entry: dict[str, Any]) -> None:
    """Send what the publisher parked: a task to its worker, a fact to the bus."""
    name, detail = str(entry["name"]), str(entry["detail"])
    if entry.get("worker"):
        _to_worker(str(entry["worker"]), f'{{"detail-type":{json.dumps(name)},"detail":{detail}}}')
        return
    event = {"Source": "lyceum", "DetailType": name, "Detail": detail, "EventBusName": settings().bus}
    answer = clients.client("events").put_events(Entries=[event])
    if answer["FailedEntryCount"]:
        raise RuntimeError(answer["Entries"][0].get("ErrorCode", "refused"))


def _to_worker(worker: str, body: str) -> None:
    clients.client("sqs").send_message(QueueUrl=queues.address(worker), MessageBody=body)
