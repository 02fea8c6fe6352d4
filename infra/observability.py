"""Seeing and being told: a dashboard, and alarms that write to a topic."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.stage import Stage
from lyceum.kit.manifest import Function, Queue, Schedule, Stream

_FIVE_MINUTES = cdk.Duration.minutes(5)
_OLDEST_MESSAGE_SECONDS = 300
_ITERATOR_AGE_MILLISECONDS = 60_000
CHANNELS = ("email", "sms", "push", "digest")
OUTCOMES = ("sent", "suppressed", "failed", "postponed")
_FAILED_DELIVERIES = 20


class ObservabilityStack(cdk.Stack):
    """Alarms for every function and queue, and one dashboard; metrics are named, so that no stack depends on it."""

    def __init__(self, scope: Construct, stage: Stage, functions: Sequence[Function]) -> None:
        name = stage.name_of("observability")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.action = actions.SnsAction(self._topic())
        for function in functions:
            self._function_alarms(function)
            if isinstance(function.trigger, Queue | Schedule | Stream):
                self._queue_alarms(function)
        for channel in CHANNELS:
            failed = self._deliveries(channel, "failed")
            self._alarm(
                f"{channel}-deliveries-failed",
                failed,
                _FAILED_DELIVERIES,
                "A channel refuses messages for good; see the operations guide.",
            )
        self._dashboard(functions)

    def _topic(self) -> sns.Topic:
        key = kms.Key(
            self, "TopicKey", enable_key_rotation=True, description=f"Encrypts Lyceum's alarms ({self.stage.name})"
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        topic = sns.Topic(self, "Alarms", topic_name=self.stage.name_of("alarms"), master_key=key, enforce_ssl=True)
        if self.stage.alarm_mail:
            topic.add_subscription(subscriptions.EmailSubscription(self.stage.alarm_mail))
        cdk.CfnOutput(self, "AlarmTopic", value=topic.topic_arn)
        return topic

    def _function_alarms(self, function: Function) -> None:
        slow = function.timeout_seconds * 800 if not function.is_http else 1000
        self._alarm(
            f"{function.name}-errors",
            self._of(function, "Errors", "Sum"),
            1,
            "Invocations fail; read the function's log.",
        )
        self._alarm(
            f"{function.name}-throttles",
            self._of(function, "Throttles", "Sum"),
            1,
            "Invocations are refused for want of concurrency.",
        )
        self._alarm(
            f"{function.name}-slow",
            self._of(function, "Duration", "p95"),
            slow,
            "One in twenty invocations is slow.",
            periods=3,
        )
        if isinstance(function.trigger, Stream):
            age = self._of(function, "IteratorAge", "Maximum")
            self._alarm(f"{function.name}-behind", age, _ITERATOR_AGE_MILLISECONDS, "Events leave the table late.")

    def _queue_alarms(self, function: Function) -> None:
        dead = self._of_queue(f"{function.name}-dead", "ApproximateNumberOfMessagesVisible")
        self._alarm(
            f"{function.name}-dead-letters",
            dead,
            1,
            "Messages failed three times; see the operations guide on dead letters.",
        )
        if isinstance(function.trigger, Queue):
            oldest = self._of_queue(function.name, "ApproximateAgeOfOldestMessage")
            self._alarm(
                f"{function.name}-waiting", oldest, _OLDEST_MESSAGE_SECONDS, "Messages wait for more than five minutes."
            )

    def _of(self, function: Function, metric: str, statistic: str) -> cloudwatch.Metric:
        dimensions = {"FunctionName": self.stage.name_of(function.name)}
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=metric,
            dimensions_map=dimensions,
            statistic=statistic,
            period=_FIVE_MINUTES,
            label=function.name,
        )

    def _of_queue(self, queue: str, metric: str) -> cloudwatch.Metric:
        dimensions = {"QueueName": self.stage.name_of(queue)}
        return cloudwatch.Metric(
            namespace="AWS/SQS",
            metric_name=metric,
            dimensions_map=dimensions,
            statistic="Maximum",
            period=_FIVE_MINUTES,
            label=queue,
        )

    def _deliveries(self, channel: str, outcome: str) -> cloudwatch.Metric:
        dimensions = {"channel": channel, "outcome": outcome}
        return cloudwatch.Metric(
            namespace="Lyceum",
            metric_name="Deliveries",
            dimensions_map=dimensions,
            statistic="Sum",
            period=_FIVE_MINUTES,
            label=f"{channel} {outcome}",
        )

    def _alarm(self, name: str, metric: cloudwatch.Metric, threshold: float, meaning: str, *, periods: int = 1) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=self.stage.name_of(name),
            alarm_description=meaning,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self.action)

    def _dashboard(self, functions: Sequence[Function]) -> None:
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self.stage.name_of("overview"))
        http = [function for function in functions if function.is_http]
        queued = [function for function in functions if isinstance(function.trigger, Queue)]
        dashboard.add_widgets(
            self._graph("Requests", [self._of(function, "Invocations", "Sum") for function in http]),
            self._graph("Duration, p95", [self._of(function, "Duration", "p95") for function in http]),
            self._graph("Errors", [self._of(function, "Errors", "Sum") for function in functions]),
        )
        dashboard.add_widgets(
            self._graph(
                "Oldest message, seconds",
                [self._of_queue(function.name, "ApproximateAgeOfOldestMessage") for function in queued],
            ),
            self._graph(
                "Dead letters",
                [self._of_queue(f"{function.name}-dead", "ApproximateNumberOfMessagesVisible") for function in queued],
            ),
            self._graph("Throttles", [self._of(function, "Throttles", "Sum") for function in functions]),
        )
        dashboard.add_widgets(
            self._graph(
                "Waiting messages",
                [self._of_queue(function.name, "ApproximateNumberOfMessagesVisible") for function in queued],
            ),
            *(
                self._graph(f"Deliveries {outcome}", [self._deliveries(channel, outcome) for channel in CHANNELS])
                for outcome in OUTCOMES[:2]
            ),
        )
        dashboard.add_widgets(
            *(
                self._graph(f"Deliveries {outcome}", [self._deliveries(channel, outcome) for channel in CHANNELS])
                for outcome in OUTCOMES[2:]
            ),
        )

    def _graph(self, title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)
