"""From a row of the function table to a Lambda with its own role, log group and alias."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.assets import ARCHITECTURE, RUNTIME, Layers, domain_code
from infra.grants import grant
from infra.nag import accept
from infra.stage import Stage
from infra.storage import StorageStack
from lyceum.kit.manifest import (
    Bucket,
    EdgeKey,
    Function,
    IdentitySecret,
    Links,
    MalwareScan,
    PublicKey,
    PushToApps,
    PutEvents,
    SendMail,
    Sign,
)


class Lambda(Construct):
    """One function of the table; `target` is what triggers call."""

    def __init__(
        self, scope: Construct, function: Function, storage: StorageStack, layers: Layers, **variables: str
    ) -> None:
        super().__init__(scope, function.name)
        self.row = function
        stage = storage.stage
        log_group = self._log_group(stage)
        self.role = self._role(stage, log_group)
        grant(self.role, function, storage)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=stage.name_of(function.name),
            description=f"{function.entry} of Lyceum",
            code=domain_code(function.domain),
            handler=f"{function.entry}.handler",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            layers=layers.of(function.layers),
            memory_size=function.memory_mb,
            ephemeral_storage_size=cdk.Size.mebibytes(function.storage_mb),
            timeout=cdk.Duration.seconds(function.timeout_seconds),
            reserved_concurrent_executions=function.reserved_concurrency,
            environment=_environment(function, storage) | variables,
            role=self.role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.DISABLED if stage.is_local else lambda_.Tracing.ACTIVE,
            snap_start=None
            if stage.is_local or not function.has_snapshot
            else lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS,
        )
        self.target: lambda_.IFunction = (
            self.function
            if stage.is_local
            else lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version)
        )
        cdk.Annotations.of(self.function).acknowledge_warning(
            "@aws-cdk/aws-lambda:snapStartRequirePublish", "The alias publishes versions."
        )
        accept(self.function, "Python 3.13 is the newest runtime that the pinned dependencies are built for.", "L1")
        if not stage.is_local:
            accept(self.role, "X-Ray has no resources to name.", "IAM5[Resource::*]")

    def _log_group(self, stage: Stage) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{stage.name_of(self.row.name)}",
            retention=logs.RetentionDays.THREE_MONTHS if stage.keeps_data else logs.RetentionDays.TWO_WEEKS,
            removal_policy=cdk.RemovalPolicy.RETAIN if stage.keeps_data else cdk.RemovalPolicy.DESTROY,
        )

    def _role(self, stage: Stage, log_group: logs.LogGroup) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {stage.name_of(self.row.name)} may do",
        )
        log_group.grant_write(role)
        return role


def _environment(function: Function, storage: StorageStack) -> dict[str, str]:
    """Return the variables of a function: only what it has a permission or a use for."""
    stage = storage.stage
    variables = {
        "LYCEUM_STAGE": stage.name,
        "LYCEUM_FUNCTION": function.name,
        "LYCEUM_DOMAIN": stage.domain,
        "LYCEUM_TABLE": storage.table.table_name,
        "LYCEUM_CHANNELS": stage.channels,
        "POWERTOOLS_SERVICE_NAME": function.domain,
    }
    if function.may(Sign, PublicKey):
        variables["LYCEUM_SIGNING_KEY"] = ",".join(storage.signing_key_arns)
    if function.may(PutEvents):
        variables["LYCEUM_BUS"] = storage.bus.event_bus_name
    if function.may(Bucket):
        variables["LYCEUM_BUCKET"] = storage.bucket.bucket_name
    if function.may(SendMail):
        variables["LYCEUM_MAIL_FROM"] = stage.mail_from
        variables["LYCEUM_MAIL_SET"] = stage.mail_set
    if function.may(PushToApps):
        variables["LYCEUM_FCM_APPLICATION"] = stage.fcm_application
        variables["LYCEUM_APNS_APPLICATION"] = stage.apns_application
    if function.may(MalwareScan) and stage.scans_for_malware:
        variables["LYCEUM_MALWARE_SCAN"] = "true"
    if function.may(EdgeKey) and stage.edge_key_id:
        variables["LYCEUM_EDGE_DOMAIN"] = stage.edge_domain
        variables["LYCEUM_EDGE_KEY_ID"] = stage.edge_key_id
        variables["LYCEUM_EDGE_SECRET"] = storage.edge_secret_name
    if function.may(IdentitySecret):
        variables["LYCEUM_SECRET"] = storage.identity_secret_name
    elif function.is_http or function.may(Links):
        variables["LYCEUM_SECRET"] = storage.secret_name
    return variables
