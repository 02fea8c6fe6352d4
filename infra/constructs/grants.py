"""From the entities and permissions of a row to what its role may do, and nothing beside it."""

from collections.abc import Iterator

from aws_cdk import aws_iam as iam

from infra.constructs.nag import accept
from infra.functions import FUNCTIONS, READS, WRITES, families
from infra.routes import reads_tokens, task_workers
from infra.shared.storage_stack import INDEXES, StorageStack
from lyceum.kit.manifest import (
    AskModels,
    Bucket,
    CallOwnApi,
    CallWebhooks,
    CheckRegions,
    DescribeTable,
    EdgeKey,
    EndCopies,
    Function,
    IdentitySecret,
    Links,
    Listen,
    MalwareScan,
    MoveTenants,
    NameSockets,
    OperateQueues,
    PaymentProviders,
    Permission,
    PostToSockets,
    PushToApps,
    PutEvents,
    ReadBackups,
    ScheduleJobs,
    SearchCollection,
    SendMail,
    SendTasks,
    SendText,
    Sign,
    SignAudits,
    SignCredentials,
    VerifyAudits,
    VerifyCredentials,
)

_OBJECT_ACTIONS: dict[str, tuple[str, ...]] = {
    "read": ("s3:GetObject",),
    "write": ("s3:PutObject",),
    "delete": ("s3:DeleteObject",),
    "lock": ("s3:PutObjectRetention",),
    "parts": ("s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"),
}


def grant(role: iam.Role, function: Function, storage: StorageStack) -> None:
    """Add a function's statements to its role."""
    for statement in _table_statements(function, storage):
        role.add_to_policy(statement)
    if function.may(OperateQueues):
        _let_operate_queues(role, storage)
    for permission in function.permissions:
        allowed = _statement(permission, storage)
        if allowed is not None:
            role.add_to_policy(allowed)
        if isinstance(permission, Bucket) and "miss" in permission.actions:
            role.add_to_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[storage.bucket.bucket_arn]))
    if reads_tokens(function):
        role.add_to_policy(iam.PolicyStatement(actions=["kms:GetPublicKey"], resources=list(storage.signing_key_arns)))
    if function.is_http and not function.may(IdentitySecret):
        role.add_to_policy(_may_read(storage.secret_name, storage))
    prefixes = {permission.prefix for permission in function.permissions if isinstance(permission, Bucket)}
    bucket = storage.resolve(storage.export_value(storage.bucket.bucket_arn))["Fn::ImportValue"]
    for application in storage.stage.push_applications if function.may(PushToApps) else ():
        endpoints = f"{application.replace(':app/', ':endpoint/')}/*"
        accept(role, "The devices of one application are what the function pushes to.", f"IAM5[Resource::{endpoints}]")
    _accept_models(role, function, storage)
    for prefix in sorted(prefixes):
        accept(role, "The objects of one prefix are what the function works on.", f"IAM5[Resource::{bucket}/{prefix}*]")


def _table_statements(function: Function, storage: StorageStack) -> Iterator[iam.PolicyStatement]:
    indexes = [f"{storage.table.table_arn}/index/{index}" for index in INDEXES]
    for actions, writes, resources in (
        (READS, False, [storage.table.table_arn, *indexes]),
        (WRITES, True, [storage.table.table_arn]),
    ):
        names = families(function, writes=writes)
        if names:
            keys = [f"*|{name}#*" for name in names]
            yield iam.PolicyStatement(
                actions=list(actions),
                resources=resources,
                conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}},
            )


def _statement(permission: Permission, storage: StorageStack) -> iam.PolicyStatement | None:
    match permission:
        case (
            MalwareScan()
            | PostToSockets()
            | NameSockets()
            | CheckRegions()
            | CallWebhooks()
            | CallOwnApi()
            | OperateQueues()
            | ScheduleJobs()
        ):
            return None  # nothing to allow, or several statements that are added elsewhere
        case EdgeKey():
            return _may_read(storage.edge_secret_name, storage) if storage.stage.edge.key_id else None
        case IdentitySecret() | PaymentProviders() | Links():
            return _may_read(_secrets(storage)[type(permission)], storage)
        case PushToApps() | SearchCollection() | AskModels() | EndCopies() | Listen():
            return _named_by_stage(permission, storage)
        case SendTasks():
            return _may_send_tasks(storage)
        case SendMail() if not storage.stage.mail_from:
            return None
        case MoveTenants():
            return iam.PolicyStatement(
                actions=["dynamodb:Scan", "dynamodb:BatchWriteItem"], resources=[storage.table.table_arn]
            )
        case SendText():
            return iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:*:sns:*:*:*"])
        case Bucket(prefix, actions):
            return iam.PolicyStatement(
                actions=[name for action in actions for name in _OBJECT_ACTIONS.get(action, ())],
                resources=[storage.bucket.arn_for_objects(f"{prefix}*")],
            )
        case _:
            action, resources = _services(storage)[type(permission)]
            return iam.PolicyStatement(actions=[action], resources=resources)


def _secrets(storage: StorageStack) -> dict[type[Permission], str]:
    """Return the permissions that are one secret, with its name."""
    return {
        IdentitySecret: storage.identity_secret_name,
        PaymentProviders: storage.payment_secret_name,
        Links: storage.secret_name,
    }


def _services(storage: StorageStack) -> dict[type[Permission], tuple[str, list[str]]]:
    """Return the permissions that are one action on resources of the deployment."""
    return {
        Sign: ("kms:Sign", storage.signing_key_arns),
        SignAudits: ("kms:Sign", [storage.audit_key_arn]),
        VerifyAudits: ("kms:GetPublicKey", [storage.audit_key_arn]),
        SignCredentials: ("kms:Sign", [storage.credential_key_arn]),
        VerifyCredentials: ("kms:GetPublicKey", [storage.credential_key_arn]),
        ReadBackups: ("dynamodb:DescribeContinuousBackups", [storage.table.table_arn]),
        DescribeTable: ("dynamodb:DescribeTable", [storage.table.table_arn]),
        PutEvents: ("events:PutEvents", [storage.bus.event_bus_arn]),
        SendMail: ("ses:SendEmail", _mail_identities(storage)),
    }


def _named_by_stage(permission: Permission, storage: StorageStack) -> iam.PolicyStatement | None:
    """Allow what a stage may name, or nothing where it names none."""
    if isinstance(permission, AskModels):
        return _may_ask_models(storage)
    if isinstance(permission, EndCopies):
        return _may_end_copies(storage)
    if isinstance(permission, Listen):
        return _may_listen(storage)
    return _may_push(storage) if isinstance(permission, PushToApps) else _may_use_collection(storage)


def _may_ask_models(storage: StorageStack) -> iam.PolicyStatement | None:
    """Allow the stage's language model: an inference profile reaches the model behind it in several regions."""
    name = str(storage.stage.environment.get("language_model", ""))
    if not name:
        return None
    if storage.stage.is_local:  # the emulator asks for the operation by its own name, and of no resource
        return iam.PolicyStatement(actions=["bedrock:Converse", "bedrock:ConverseStream"], resources=["*"])
    profile = storage.format_arn(service="bedrock", resource="inference-profile", resource_name=name)
    return iam.PolicyStatement(
        actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        resources=[f"arn:{storage.partition}:bedrock:*::foundation-model/{_model_of(name)}", profile],
    )


def _accept_models(role: iam.Role, function: Function, storage: StorageStack) -> None:
    if function.may(Listen):
        jobs = (
            f"arn:<AWS::Partition>:transcribe:<AWS::Region>:<AWS::AccountId>:transcription-job/{storage.stage.name}-*"
        )
        accept(role, "Each recording has a job of its own, by the stage's name.", f"IAM5[Resource::{jobs}]")
    model = str(storage.stage.environment.get("language_model", ""))
    if model and function.may(AskModels):
        place = f"arn:<AWS::Partition>:bedrock:*::foundation-model/{_model_of(model)}"
        accept(role, "A profile reaches one model in the regions that it covers.", f"IAM5[Resource::{place}]")


def _may_listen(storage: StorageStack) -> iam.PolicyStatement:
    jobs = storage.format_arn(
        service="transcribe", resource="transcription-job", resource_name=f"{storage.stage.name}-*"
    )
    names = ("StartTranscriptionJob", "GetTranscriptionJob", "DeleteTranscriptionJob")
    return iam.PolicyStatement(
        actions=[f"transcribe:{name}" for name in names], resources=["*" if storage.stage.is_local else jobs]
    )


def _model_of(name: str) -> str:
    """Return the model behind an inference profile: `eu.amazon.nova-lite-v1:0` is of `amazon.nova-lite-v1:0`."""
    return name.partition(".")[2] if name.count(".") > 1 else name


def _may_end_copies(storage: StorageStack) -> iam.PolicyStatement:
    """Allow the one network before the API to be told what to forget, and to be asked whether it has."""
    network = storage.stage.api_edge.network
    return iam.PolicyStatement(
        actions=["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
        resources=[storage.format_arn(service="cloudfront", region="", resource="distribution", resource_name=network)],
    )


def _may_push(storage: StorageStack) -> iam.PolicyStatement | None:
    """Allow the platform applications of the stage and the endpoints below them, or nothing where there are none."""
    applications = storage.stage.push_applications
    if not applications:
        return None
    endpoints = [f"{application.replace(':app/', ':endpoint/')}/*" for application in applications]
    return iam.PolicyStatement(
        actions=["sns:CreatePlatformEndpoint", "sns:DeleteEndpoint", "sns:Publish"],
        resources=[*applications, *endpoints],
    )


def _may_use_collection(storage: StorageStack) -> iam.PolicyStatement | None:
    """Allow the data of the collection that the stage's environment names, or nothing where there is none."""
    collection = storage.stage.environment.get("search_collection")
    return iam.PolicyStatement(actions=["aoss:APIAccessAll"], resources=[str(collection)]) if collection else None


def _may_read(secret_name: str, storage: StorageStack) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=["secretsmanager:GetSecretValue"], resources=[storage.secret_pattern(secret_name)]
    )


def _may_send_tasks(storage: StorageStack) -> iam.PolicyStatement:
    """Allow the queues of the workers that carry out a task, by their names: no stack depends on another for it."""
    queues = [
        storage.format_arn(service="sqs", resource=storage.stage.name_of(worker))
        for worker in task_workers(storage.stage.deployed(FUNCTIONS))
    ]
    batch = ["sqs:SendMessageBatch"] if storage.stage.is_local else []  # the emulator asks for it by this name
    return iam.PolicyStatement(actions=["sqs:SendMessage", "sqs:GetQueueUrl", *batch], resources=queues)


def _let_operate_queues(role: iam.Role, storage: StorageStack) -> None:
    """Allow to count what waits in every queue, to take dead letters out, and to send them to workers."""
    every, dead = storage.stage.name_of("*"), storage.stage.name_of("*-dead")
    for actions, name in (
        (["sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SendMessage"], every),
        (["sqs:ReceiveMessage", "sqs:DeleteMessage"], dead),
    ):
        resources = [storage.format_arn(service="sqs", resource=name)]
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
        place = f"arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:{name}"
        accept(role, "It operates the queues of every domain, whichever there are.", f"IAM5[Resource::{place}]")


def _mail_identities(storage: StorageStack) -> list[str]:
    if storage.stage.is_local:
        return ["*"]  # the emulator sends mail without a resource to check
    identities = [
        storage.format_arn(service="ses", resource="identity", resource_name=name)
        for name in storage.stage.mail_identities
    ]
    return [
        *identities,
        storage.format_arn(service="ses", resource="configuration-set", resource_name=storage.stage.mail_set),
    ]
