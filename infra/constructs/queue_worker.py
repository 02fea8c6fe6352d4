"""A Lambda behind a queue of its own, which a rule fills with events and the publisher with tasks."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.lambda_function import LambdaFunction
from infra.constructs.nag import accept
from infra.routes import events_of
from infra.settings import Stage
from infra.shared.storage_stack import StorageStack
from lyceum.kit.manifest import Queue

_TRIES = 3
_KEPT = cdk.Duration.days(4)
_DEAD_LETTERS_KEPT = cdk.Duration.days(14)


def dead_letters(scope: Construct, stage: Stage, name: str) -> sqs.Queue:
    """Return the queue where a domain's messages end that nothing could be done with."""
    queue = sqs.Queue(
        scope,
        "DeadLetters",
        queue_name=stage.name_of(name),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=not stage.is_local,
        retention_period=_DEAD_LETTERS_KEPT,
    )
    accept(queue, "It is the dead-letter queue.", "SQS3")
    return queue


def let_queue_call(worker: LambdaFunction, trigger: Queue, storage: StorageStack, dead: sqs.Queue) -> None:
    """Give a worker its queue and, where its consumer names events or new objects, the rule that fills it."""
    stage = storage.stage
    queue = sqs.Queue(
        worker,
        "Queue",
        queue_name=stage.name_of(worker.row.name),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=not stage.is_local,
        visibility_timeout=cdk.Duration.seconds(6 * worker.row.timeout_seconds + trigger.window_seconds),
        retention_period=_KEPT,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=_TRIES),
    )
    worker.target.add_event_source(
        sources.SqsEventSource(
            queue,
            batch_size=trigger.batch_size,
            max_batching_window=cdk.Duration.seconds(trigger.window_seconds) if trigger.window_seconds else None,
            max_concurrency=trigger.most_calls(stage.mails_per_second),
            report_batch_item_failures=True,
        )
    )
    wanted = events_of(worker.row)
    if wanted:
        source = wanted[0].source
        rule = events.Rule(
            worker,
            "Rule",
            event_bus=storage.bus if source == "lyceum" else None,
            event_pattern=events.EventPattern(
                source=[source],
                detail_type=[event.name for event in wanted],
                detail=_new_objects(trigger.objects, storage) if trigger.objects else None,
            ),
        )
        rule.add_target(targets.SqsQueue(queue))


def _new_objects(prefix: str, storage: StorageStack) -> dict[str, object]:
    return {"bucket": {"name": [storage.bucket.bucket_name]}, "object": {"key": [{"prefix": prefix}]}}
