"""Everything that runs without a caller: queue workers, schedules and the publisher behind the table's stream."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as event_targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as schedule_targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.api import ApiStack
from infra.assets import Layers
from infra.lambdas import Lambda
from infra.nag import accept
from infra.sockets import let_post
from infra.stage import Stage
from infra.storage import StorageStack
from lyceum.kit.manifest import Function, Links, PostToSockets, Queue, Schedule, Stream

_TRIES = 3


class WorkersStack(cdk.Stack):
    """The functions that events, objects, time and the table's stream set off.

    Those that reach people are in a `MessagesStack`: one stack has room for 500 resources.
    """

    part = "workers"

    def __init__(
        self, scope: Construct, stage: Stage, storage: StorageStack, api: ApiStack, functions: Sequence[Function]
    ) -> None:
        name = stage.name_of(self.part)
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.storage = storage
        self.api = api
        self.layers = Layers(self, stage)
        for function in functions:
            match function.trigger:
                case Queue():
                    self._queue_worker(function, function.trigger)
                case Schedule():
                    self._scheduled(function, function.trigger)
                case Stream():
                    self._stream_worker(function, function.trigger)

    def _lambda(self, function: Function) -> Lambda:
        """Make a function, with the addresses of the APIs if it has a use for them."""
        made = Lambda(self, function, self.storage, self.layers)
        if function.may(Links):
            made.function.add_environment("LYCEUM_ISSUER", self.api.api.attr_api_endpoint)
        if function.may(PostToSockets):
            let_post(made, self.api.sockets.api)
        return made

    def _queue_worker(self, function: Function, trigger: Queue) -> None:
        worker = self._lambda(function)
        queue = self._queue(worker, function)
        worker.target.add_event_source(
            sources.SqsEventSource(
                queue,
                batch_size=trigger.batch_size,
                max_batching_window=cdk.Duration.seconds(trigger.window_seconds) if trigger.window_seconds else None,
                max_concurrency=trigger.concurrency,
                report_batch_item_failures=True,
            )
        )
        self._rule(worker, queue, trigger)

    def _queue(self, worker: Lambda, function: Function) -> sqs.Queue:
        dead = self._dead_letters(worker, self.stage.name_of(f"{function.name}-dead"))
        return sqs.Queue(
            worker,
            "Queue",
            queue_name=self.stage.name_of(function.name),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=not self.stage.is_local,
            visibility_timeout=cdk.Duration.seconds(6 * function.timeout_seconds + _window(function)),
            retention_period=cdk.Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=_TRIES),
        )

    def _dead_letters(self, scope: Construct, name: str) -> sqs.Queue:
        queue = sqs.Queue(
            scope,
            "Dead",
            queue_name=name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=not self.stage.is_local,
            retention_period=cdk.Duration.days(14),
        )
        accept(queue, "It is the dead-letter queue.", "SQS3")
        return queue

    def _rule(self, worker: Lambda, queue: sqs.Queue, trigger: Queue) -> None:
        if trigger.objects:
            pattern = events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self.storage.bucket.bucket_name]},
                    "object": {"key": [{"prefix": trigger.objects}]},
                },
            )
            rule = events.Rule(worker, "Rule", event_pattern=pattern)
        else:
            pattern = events.EventPattern(source=[trigger.source], detail_type=list(trigger.events))
            bus = self.storage.bus if trigger.source == "lyceum" else None
            rule = events.Rule(worker, "Rule", event_bus=bus, event_pattern=pattern)
        rule.add_target(event_targets.SqsQueue(queue))

    def _scheduled(self, function: Function, trigger: Schedule) -> None:
        worker = self._lambda(function)
        dead = self._dead_letters(worker, self.stage.name_of(f"{function.name}-dead"))
        schedule = scheduler.Schedule(
            worker,
            "Schedule",
            schedule_name=self.stage.name_of(function.name),
            schedule=scheduler.ScheduleExpression.expression(trigger.expression),
            target=schedule_targets.LambdaInvoke(
                worker.target, retry_attempts=2, max_event_age=cdk.Duration.minutes(5), dead_letter_queue=dead
            ),
        )
        schedule.node.add_dependency(worker)

    def _stream_worker(self, function: Function, trigger: Stream) -> None:
        worker = self._lambda(function)
        dead = self._dead_letters(worker, self.stage.name_of(f"{function.name}-dead"))
        dead.grant_send_messages(worker.role)
        worker.function.add_environment("LYCEUM_PARKING_QUEUE", dead.queue_url)
        worker.target.add_event_source(
            sources.DynamoEventSource(
                self.storage.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=trigger.batch_size,
                bisect_batch_on_error=True,
                max_record_age=cdk.Duration.hours(12),
                retry_attempts=100,
                on_failure=sources.SqsDlq(dead),
                filters=[lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY")})],
            )
        )


def _window(function: Function) -> int:
    return function.trigger.window_seconds if isinstance(function.trigger, Queue) else 0
