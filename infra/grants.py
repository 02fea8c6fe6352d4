"""From a row of the function table to what its role may do, and nothing beside it."""

from collections.abc import Iterator

from aws_cdk import aws_iam as iam

from infra.declarations import Bucket, Function, IdentitySecret, Permission, PublicKey, PutEvents, SendMail, SendText, Sign
from infra.functions import READS, WRITES, families
from infra.nag import accept
from infra.storage import INDEXES, StorageStack

_OBJECT_ACTIONS = {"read": "s3:GetObject", "write": "s3:PutObject", "delete": "s3:DeleteObject"}


def grant(role: iam.Role, function: Function, storage: StorageStack) -> None:
    """Add a function's statements to its role."""
    for statement in _table_statements(function, storage):
        role.add_to_policy(statement)
    for permission in function.permissions:
        role.add_to_policy(_statement(permission, storage))
        if isinstance(permission, Bucket) and "miss" in permission.actions:
            role.add_to_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[storage.bucket.bucket_arn]))
    if function.is_http and not function.may(IdentitySecret):
        role.add_to_policy(_may_read(storage.secret_name, storage))
    prefixes = {permission.prefix for permission in function.permissions if isinstance(permission, Bucket)}
    bucket = storage.resolve(storage.export_value(storage.bucket.bucket_arn))["Fn::ImportValue"]
    for prefix in sorted(prefixes):
        accept(role, "The objects of one prefix are what the function works on.", f"IAM5[Resource::{bucket}/{prefix}*]")


def _table_statements(function: Function, storage: StorageStack) -> Iterator[iam.PolicyStatement]:
    indexes = [f"{storage.table.table_arn}/index/{index}" for index in INDEXES]
    for actions, writes, resources in ((READS, False, [storage.table.table_arn, *indexes]), (WRITES, True, [storage.table.table_arn])):
        names = families(function, writes=writes)
        if names:
            keys = [f"*|{name}#*" for name in names]
            yield iam.PolicyStatement(
                actions=list(actions), resources=resources, conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}}
            )


def _statement(permission: Permission, storage: StorageStack) -> iam.PolicyStatement:
    match permission:
        case Sign():
            return iam.PolicyStatement(actions=["kms:Sign"], resources=storage.signing_key_arns)
        case PublicKey():
            return iam.PolicyStatement(actions=["kms:GetPublicKey"], resources=storage.signing_key_arns)
        case PutEvents():
            return iam.PolicyStatement(actions=["events:PutEvents"], resources=[storage.bus.event_bus_arn])
        case SendMail():
            return iam.PolicyStatement(actions=["ses:SendEmail"], resources=_mail_identities(storage))
        case SendText():
            return iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:*:sns:*:*:*"])
        case IdentitySecret():
            return _may_read(storage.identity_secret_name, storage)
        case Bucket(prefix, actions):
            return iam.PolicyStatement(
                actions=[_OBJECT_ACTIONS[action] for action in actions if action in _OBJECT_ACTIONS],
                resources=[storage.bucket.arn_for_objects(f"{prefix}*")],
            )


def _may_read(secret_name: str, storage: StorageStack) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[storage.secret_pattern(secret_name)])


def _mail_identities(storage: StorageStack) -> list[str]:
    if storage.stage.is_local:
        return ["*"]  # the emulator sends mail without a resource to check
    address = storage.stage.mail_from
    return [storage.format_arn(service="ses", resource="identity", resource_name=name) for name in (address, address.split("@")[1])]
