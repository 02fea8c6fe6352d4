"""Seeing and being told: a dashboard, and alarms that write to a topic.

Alarms watch services, not functions: that a function fails shows at the gateway, among its domain's dead letters or as
messages that waited, which the workers count themselves. A stage without an address for alarms has none.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.retention import kept
from infra.constructs.rollout import ROLLOUT_ALARMS
from infra.settings import Stage
from infra.shared.gateway_stack import GatewayStack
from infra.shared.storage_stack import StorageStack
from lyceum.kit.manifest import Function, Stream
from lyceum.kit.metrics import namespace_of

CHANNELS = ("email", "sms", "push", "digest")
OUTCOMES = ("sent", "suppressed", "failed", "postponed")
_MINUTE = cdk.Duration.minutes(1)
_FIVE_MINUTES = cdk.Duration.minutes(5)
_HOUR = cdk.Duration.hours(1)
_BREACHING = cloudwatch.TreatMissingData.BREACHING
_LATE_BATCHES = 1
_ITERATOR_AGE_MILLISECONDS = 60_000
_GATEWAY_FAILURES = 10
_GATEWAY_SLOW_MILLISECONDS = 2000
_FUNCTION_FAILURES = 20
_ROLLOUT_FAILURES = 5
_BACKUP_AGE_SECONDS = 3600
_SIGN_IN_FAILURES = 200
_REFRESH_REUSE = 5
_PERMISSIONS_REFUSED = 200
_TEXTS_REFUSED = 20
_TEXT_CAPS = ("account", "block", "tenant")
_FAILED_DELIVERIES = 20
_BOUNCE_RATE = 0.05
_COMPLAINT_RATE = 0.001
"""Above these rates the mail service puts an account under review."""


class ObservabilityStack(cdk.Stack):
    """The dashboard, the topic, and the alarms of what all domains share."""

    def __init__(self, scope: Construct, stage: Stage, storage: StorageStack, gateway: GatewayStack) -> None:
        name = stage.name_of("observability")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.storage = storage
        self.gateway = gateway
        self.action = actions.SnsAction(self._topic()) if stage.alarm_mail else None
        if self.action:
            self._watch_gateway()
            self._watch_accounts()
            self._watch_storage()
            self._watch_backups()
            self._watch_functions()
            self._watch_deliveries()
        if stage.moves_by_steps:
            self._watch_rollouts()
        if stage.monthly_budget_usd and stage.alarm_mail:
            self._budget()
        self._dashboard()

    def watch_queues(self, stack: cdk.Stack, domain: str, functions: Sequence[Function]) -> None:
        """Add a domain's alarms to its stack: dead letters, and changes that leave the table late."""
        if not self.action:
            return
        dead = self._of_queue(f"{domain}-dead", "ApproximateNumberOfMessagesVisible")
        self._alarm(
            stack,
            f"{domain}-dead-letters",
            dead,
            1,
            "Messages failed three times; see the runbook on dead letters.",
        )
        for function in functions:
            if isinstance(function.trigger, Stream):
                age = self._metric(
                    "AWS/Lambda", "IteratorAge", "Maximum", FunctionName=self.stage.name_of(function.name)
                )
                self._alarm(stack, f"{domain}-behind", age, _ITERATOR_AGE_MILLISECONDS, "Events leave the table late.")

    def _topic(self) -> sns.Topic:
        key = kms.Key(
            self,
            "TopicKey",
            enable_key_rotation=True,
            description=f"Encrypts Lyceum's alarms ({self.stage.name})",
            removal_policy=kept(self.stage),
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
        topic.add_subscription(subscriptions.EmailSubscription(self.stage.alarm_mail))
        cdk.CfnOutput(self, "AlarmTopic", value=topic.topic_arn)
        return topic

    def _watch_gateway(self) -> None:
        api = {"ApiId": self.gateway.api.ref}
        failures = self._metric("AWS/ApiGateway", "5xx", "Sum", **api)
        self._alarm(self, "gateway-failures", failures, _GATEWAY_FAILURES, "Requests fail; see the runbook.", periods=2)
        slow = self._metric("AWS/ApiGateway", "Latency", "p95", **api)
        meaning = "One in twenty requests is slow."
        self._alarm(self, "gateway-slow", slow, _GATEWAY_SLOW_MILLISECONDS, meaning, periods=3)

    def _watch_accounts(self) -> None:
        """Watch what the product itself counts of attacks, and what text messages cost."""
        for metric, name, threshold, meaning in (
            ("SignInsFailed", "sign-in-failures", _SIGN_IN_FAILURES, "Somebody may be trying out passwords."),
            ("RefreshReuse", "refresh-reuse", _REFRESH_REUSE, "Refresh tokens may have been stolen."),
            ("PermissionsRefused", "permissions-refused", _PERMISSIONS_REFUSED, "Somebody may be trying out routes."),
            ("SafeguardingReports", "safeguarding-reports", 1, "Somebody may be in danger: a report waits."),
        ):
            self._alarm(self, name, self._own(metric, "Sum"), threshold, meaning)
        if self.stage.sends_texts:
            spent = self._metric("AWS/SNS", "SMSMonthToDateSpentUSD", "Maximum")
            self._alarm(self, "texts-spending", spent, self.stage.texts_monthly_usd, "Text messages cost a lot.")
            refused = cloudwatch.MathExpression(
                expression="SUM(METRICS())",
                using_metrics={by: self._own("TextsRefused", "Sum", by=by) for by in _TEXT_CAPS},
                period=_FIVE_MINUTES,
                label="Text messages refused",
            )
            self._alarm(self, "texts-refused", refused, _TEXTS_REFUSED, "Text messages are at their daily caps.")

    def _watch_storage(self) -> None:
        table = {"TableName": self.storage.table.table_name}
        for kind in ("Read", "Write"):
            throttled = self._metric("AWS/DynamoDB", f"{kind}ThrottleEvents", "Sum", **table)
            meaning = "Storage refuses requests to a hot key."
            self._alarm(self, f"storage-{kind.lower()}-throttled", throttled, 1, meaning, periods=2)

    def _watch_backups(self) -> None:
        """Tell when the newest state that can be restored is old, and when nothing has looked for hours."""
        age = self._own("BackupAge", "Maximum").with_(period=_HOUR)
        meaning = "The table can not be restored to a state of the last hours; see the runbook."
        self._alarm(self, "backups-late", age, _BACKUP_AGE_SECONDS, meaning, periods=3, missing=_BREACHING)

    def _watch_functions(self) -> None:
        """Watch all functions of the account's region together; which of them it is stands in their logs."""
        for metric, meaning in (
            ("Errors", "Invocations fail."),
            ("Throttles", "Invocations are refused for want of concurrency."),
        ):
            of_all = self._metric("AWS/Lambda", metric, "Sum")
            self._alarm(self, f"functions-{metric.lower()}", of_all, _FUNCTION_FAILURES, meaning, periods=2)

    def _watch_rollouts(self) -> None:
        """Watch each minute for what new code does wrong, whoever is told: CodeDeploy goes back by these alarms."""
        for name, metric in zip(
            ROLLOUT_ALARMS,
            (
                self._metric("AWS/ApiGateway", "5xx", "Sum", ApiId=self.gateway.api.ref),
                self._metric("AWS/Lambda", "Errors", "Sum"),
            ),
            strict=True,
        ):
            of_a_minute = metric.with_(period=_MINUTE)
            self._alarm(self, name, of_a_minute, _ROLLOUT_FAILURES, "New code fails; its rollout goes back.")

    def _watch_deliveries(self) -> None:
        lost = self._metric("AWS/Events", "FailedInvocations", "Sum", EventBusName=self.storage.bus.event_bus_name)
        self._alarm(self, "events-not-delivered", lost, 1, "The bus could not put events into a queue.")
        late = self._own("MessagesLate", "Sum")
        meaning = "Messages wait for more than five minutes; the workers' logs say which."
        self._alarm(self, "messages-late", late, _LATE_BATCHES, meaning, periods=2)
        for channel in CHANNELS:
            failed = self._deliveries(channel, "failed")
            meaning = "A channel refuses messages for good; see the operations guide."
            self._alarm(self, f"{channel}-deliveries-failed", failed, _FAILED_DELIVERIES, meaning)
        if self.stage.mail_from:
            for rate, threshold in (("BounceRate", _BOUNCE_RATE), ("ComplaintRate", _COMPLAINT_RATE)):
                measured = self._metric("AWS/SES", f"Reputation.{rate}", "Maximum")
                meaning = "The mail service may stop sending for this account."
                self._alarm(self, f"mail-{rate.removesuffix('Rate').lower()}s", measured, threshold, meaning)

    def _budget(self) -> None:
        told = budgets.CfnBudget.NotificationWithSubscribersProperty(
            notification=budgets.CfnBudget.NotificationProperty(
                comparison_operator="GREATER_THAN", notification_type="FORECASTED", threshold=100
            ),
            subscribers=[
                budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=self.stage.alarm_mail)
            ],
        )
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=self.stage.name_of("month"),
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=self.stage.monthly_budget_usd, unit="USD"),
            ),
            notifications_with_subscribers=[told],
        )

    def _metric(self, namespace: str, name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map=dimensions or None,
            statistic=statistic,
            period=_FIVE_MINUTES,
        )

    def _own(self, name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
        """Return what the stage's functions count themselves."""
        return self._metric(namespace_of(self.stage.name), name, statistic, **dimensions)

    def _of_queue(self, queue: str, metric: str) -> cloudwatch.Metric:
        return self._metric("AWS/SQS", metric, "Maximum", QueueName=self.stage.name_of(queue))

    def _deliveries(self, channel: str, outcome: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=namespace_of(self.stage.name),
            metric_name="Deliveries",
            dimensions_map={"channel": channel, "outcome": outcome},
            statistic="Sum",
            period=_FIVE_MINUTES,
            label=f"{channel} {outcome}",
        )

    def _alarm(
        self,
        stack: cdk.Stack,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        meaning: str,
        *,
        periods: int = 1,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        alarm = cloudwatch.Alarm(
            stack,
            name,
            alarm_name=self.stage.name_of(name),
            alarm_description=meaning,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=missing,
        )
        if self.action:
            alarm.add_alarm_action(self.action)

    def _dashboard(self) -> None:
        """Draw what there is of the stage, found by its names, so that a new function needs no change here."""
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self.stage.name_of("overview"))
        functions, queues = "AWS/Lambda,FunctionName", "AWS/SQS,QueueName"
        dashboard.add_widgets(
            self._search("Invocations", functions, "Invocations", "Sum"),
            self._search("Duration, p95", functions, "Duration", "p95"),
            self._search("Errors", functions, "Errors", "Sum"),
        )
        dashboard.add_widgets(
            self._search("Oldest message, seconds", queues, "ApproximateAgeOfOldestMessage", "Maximum"),
            self._search("Waiting messages", queues, "ApproximateNumberOfMessagesVisible", "Maximum"),
            self._search("Throttles", functions, "Throttles", "Sum"),
        )
        dashboard.add_widgets(
            *(
                cloudwatch.GraphWidget(
                    title=f"Deliveries {outcome}",
                    left=[self._deliveries(channel, outcome) for channel in CHANNELS],
                    width=6,
                )
                for outcome in OUTCOMES
            )
        )

    def _search(self, title: str, place: str, metric: str, statistic: str) -> cloudwatch.GraphWidget:
        found = f'{{{place}}} MetricName="{metric}" "{self.stage.name_of("")}"'
        expression = f"SEARCH('{found}', '{statistic}', {_FIVE_MINUTES.to_seconds()})"
        return cloudwatch.GraphWidget(
            title=title,
            left=[cloudwatch.MathExpression(expression=expression, using_metrics={}, label="", period=_FIVE_MINUTES)],
            width=8,
        )
