"""From a row of a manifest to a Lambda with its own role, log group and alias."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.assets import ARCHITECTURE, RUNTIME, Layers, domain_code
from infra.constructs.grants import grant
from infra.constructs.nag import accept
from infra.constructs.retention import kept, log_group
from infra.routes import reads_tokens
from infra.settings import LONGEST_SECONDS, Stage
from infra.shared.storage_stack import StorageStack
from lyceum.kit.manifest import (
    Bucket,
    CallOwnApi,
    CallWebhooks,
    CheckRegions,
    EdgeKey,
    Function,
    IdentitySecret,
    Links,
    MalwareScan,
    PaymentProviders,
    PushToApps,
    PutEvents,
    SendMail,
    Sign,
    SignAudits,
    SignCredentials,
    VerifyAudits,
)

ALIAS = "live"


class LambdaFunction(Construct):
    """One function; `target` is what triggers call: its alias, or itself in the emulator.

    Versions outlive their stack's next deployment where data does, so that the alias can be moved back.
    """

    def __init__(
        self, scope: Construct, function: Function, storage: StorageStack, layers: Layers, **variables: str
    ) -> None:
        super().__init__(scope, function.name)
        self.row = function
        stage = storage.stage
        logs_to = log_group(self, "Log", stage, f"/aws/lambda/{stage.name_of(function.name)}")
        self.role = self._role(stage, logs_to)
        grant(self.role, self.row, storage)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=stage.name_of(function.name),
            description=f"{function.entry} of Lyceum",
            code=domain_code(function.domain, stage),
            handler=f"{function.entry}.handler",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            layers=layers.of(function.layers),
            memory_size=function.memory_mb,
            ephemeral_storage_size=cdk.Size.mebibytes(function.storage_mb),
            timeout=cdk.Duration.seconds(min(LONGEST_SECONDS, function.timeout_seconds * stage.patience)),
            environment=_environment(self.row, storage) | variables,
            role=self.role,
            log_group=logs_to,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.DISABLED if stage.is_local else lambda_.Tracing.ACTIVE,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if starts_from_snapshot(stage, function) else None,
            current_version_options=lambda_.VersionOptions(removal_policy=kept(stage)),
        )
        self.alias = (
            None
            if stage.is_local
            else lambda_.Alias(self, "Live", alias_name=ALIAS, version=self.function.current_version)
        )
        self.target: lambda_.IFunction = self.alias or self.function
        cdk.Annotations.of(self.function).acknowledge_warning(
            "@aws-cdk/aws-lambda:snapStartRequirePublish", "The alias publishes versions."
        )
        accept(self.function, "Python 3.13 is the newest runtime that the pinned dependencies are built for.", "L1")
        if not stage.is_local:
            accept(self.role, "X-Ray has no resources to name.", "IAM5[Resource::*]")

    def _role(self, stage: Stage, logs_to: logs.LogGroup) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {stage.name_of(self.row.name)} may do",
        )
        logs_to.grant_write(role)
        return role

    def let_call(self, service: str, source_arn: str) -> None:
        """Let a gateway call the function."""
        lambda_.CfnPermission(
            self,
            "Gateway",
            action="lambda:InvokeFunction",
            function_name=self.target.function_arn,
            principal=f"{service}.amazonaws.com",
            source_arn=source_arn,
        )


def starts_from_snapshot(stage: Stage, function: Function) -> bool:
    """Whether the stage keeps a snapshot of the function."""
    return function.name in stage.snapshots and function.can_have_snapshot and not stage.is_local


def target_arn(stack: cdk.Stack, stage: Stage, name: str) -> str:
    """Return the ARN of what triggers call of a function of another stack, by its name alone."""
    qualified = stage.name_of(name) if stage.is_local else f"{stage.name_of(name)}:{ALIAS}"
    return stack.format_arn(
        service="lambda",
        resource="function",
        resource_name=qualified,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )


def invocation_uri(stack: cdk.Stack, function_arn: str) -> str:
    """Return the address by which a gateway calls a function."""
    return stack.format_arn(
        service="apigateway",
        account="lambda",
        resource="path",
        resource_name=f"2015-03-31/functions/{function_arn}/invocations",
    )


def _environment(function: Function, storage: StorageStack) -> dict[str, str]:
    """Return the variables of a function: what it has a permission or a use for, and what the stage sets for all."""
    stage = storage.stage
    variables = {f"LYCEUM_{name.upper()}": _text(value) for name, value in sorted(stage.environment.items())}
    if stage.ends_copies:
        variables["LYCEUM_API_EDGE"] = stage.api_edge.network
    variables |= {
        "LYCEUM_STAGE": stage.name,
        "LYCEUM_FUNCTION": function.name,
        "LYCEUM_DOMAIN": stage.domain,
        "LYCEUM_ISSUER": stage.issuer,
        "LYCEUM_API_HOST": stage.api_domain,
        "LYCEUM_COUNTRY_HEADER": stage.country_header,
        "LYCEUM_TABLE": storage.table.table_name,
        "LYCEUM_CHANNELS": stage.channels,
        "LYCEUM_TELEMETRY": "true",
        "POWERTOOLS_SERVICE_NAME": function.domain,
        "POWERTOOLS_LOG_LEVEL": "INFO",  # the emulator's own level would hold for functions too
    }
    variables |= _key_variables(function, storage)
    if function.may(PutEvents):
        variables["LYCEUM_BUS"] = storage.bus.event_bus_name
    if function.may(Bucket):
        variables["LYCEUM_BUCKET"] = storage.bucket.bucket_name
    if function.may(SendMail) and stage.mail_from:
        variables["LYCEUM_MAIL_FROM"] = stage.mail_from
        variables["LYCEUM_MAIL_SET"] = stage.mail_set
    variables |= _outgoing_variables(function, storage)
    if function.may(MalwareScan) and stage.scans_for_malware:
        variables["LYCEUM_MALWARE_SCAN"] = "true"
    if function.may(EdgeKey) and stage.edge.key_id:
        variables["LYCEUM_EDGE_DOMAIN"] = stage.edge.domain
        variables["LYCEUM_EDGE_KEY_ID"] = stage.edge.key_id
        variables["LYCEUM_EDGE_SECRET"] = storage.edge_secret_name
    if function.may(IdentitySecret):
        variables["LYCEUM_SECRET"] = storage.identity_secret_name
    elif function.is_http or function.may(Links):
        variables["LYCEUM_SECRET"] = storage.secret_name
    return variables


def _key_variables(function: Function, storage: StorageStack) -> dict[str, str]:
    """Return the keys that a function signs or verifies with."""
    keys = {}
    if function.may(Sign) or reads_tokens(function):
        keys["LYCEUM_SIGNING_KEY"] = ",".join(storage.signing_key_arns)
    if function.may(SignAudits, VerifyAudits):
        keys["LYCEUM_AUDIT_KEY"] = storage.audit_key_arn
    if function.may(SignCredentials):
        keys["LYCEUM_CREDENTIAL_KEY"] = storage.credential_key_arn
    return keys


def _outgoing_variables(function: Function, storage: StorageStack) -> dict[str, str]:
    """Return what a function that calls others knows of them, and in a local stack that this machine may be called."""
    stage = storage.stage
    variables = {}
    if function.may(PushToApps):
        variables = {"LYCEUM_FCM_APPLICATION": stage.fcm_application, "LYCEUM_APNS_APPLICATION": stage.apns_application}
    if function.may(PaymentProviders):
        variables["LYCEUM_PAYMENT_SECRET"] = storage.payment_secret_name
    if function.may(PushToApps, CheckRegions, PaymentProviders, CallWebhooks, CallOwnApi) and stage.is_local:
        variables["LYCEUM_OUTGOING_LOOPBACK"] = "true"
    return variables


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
