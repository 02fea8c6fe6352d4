"""Tasks that go straight into their worker's queue, past storage: for what may be lost without harm, such as counts."""

from functools import cache

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.event import Task
from lyceum.kit.settings import settings

logger = Logger()


def order(task: Task) -> bool:
    """Send a task and say whether the queue took it; that it did not is logged and no failure of the caller.

    The function needs the permission `SendTasks`.
    """
    body = f'{{"detail-type":"{task.name}","detail":{task.model_dump_json(by_alias=True)}}}'
    try:
        clients.client("sqs").send_message(QueueUrl=_queue_of(task.worker), MessageBody=body)
    except Exception as error:
        logger.warning("task lost", extra={"task": task.name, "reason": clients.error_code(error) or "unreachable"})
        return False
    return True


@cache
def _queue_of(worker: str) -> str:
    return str(clients.client("sqs").get_queue_url(QueueName=f"lyceum-{settings().stage}-{worker}")["QueueUrl"])
