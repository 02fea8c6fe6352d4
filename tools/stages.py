"""What operators' commands reach of a stage: its table, bucket and keys, as its storage stack tells of them."""

import json
import os
from typing import Any

from infra.settings import Stage, UnfitSettings
from local import emulator
from local.place import Place
from lyceum.kit.settings import settings
from lyceum.kit.tenancy import directory


class NotReached(UnfitSettings):
    """The credentials at hand lead to no deployed stage, or it has no such tenant; the message says which."""


def outputs_of(stage: Stage) -> dict[str, str]:
    """Return what a stage's storage stack tells of itself; raises NotReached."""
    return _told_by_emulator() if stage.is_local else _told_by_formation(stage)


def _told_by_emulator() -> dict[str, str]:
    place = Place.from_environment()
    if not (place.stack_file.exists() and emulator.is_running(place)):
        raise NotReached("the local stack is down; `make up` starts it")
    told: dict[str, str] = json.loads(place.stack_file.read_text())["outputs"]
    return told


def _told_by_formation(stage: Stage) -> dict[str, str]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=stage.name_of("storage"))["Stacks"]
    except (BotoCoreError, ClientError) as error:
        needed = "credentials and a region (AWS_PROFILE, AWS_DEFAULT_REGION) of the account where it is deployed"
        raise NotReached(f"{stage.name} is not reached: {error} It takes {needed}.") from None
    return {each["OutputKey"]: str(each["OutputValue"]) for each in stack["Outputs"]}


def storage_of(stage: Stage) -> tuple[Any, str]:
    """Return a client of DynamoDB with the credentials at hand, or the emulator's, and the name of the table.

    Raises NotReached.
    """
    table = outputs_of(stage)["TableName"]
    if stage.is_local:
        return Place.from_environment().client("dynamodb"), table
    import boto3

    return boto3.client("dynamodb"), table


def point_at(stage_name: str) -> Stage:
    """Let the product's own code work on a stage's data in this process; raises UnfitSettings, NotReached among it."""
    stage = Stage.load(stage_name)
    told = outputs_of(stage)
    if stage.is_local:
        os.environ.update(Place.from_environment().environment())
    os.environ.update(
        LYCEUM_TABLE=told["TableName"], LYCEUM_BUCKET=told["BucketName"], LYCEUM_AUDIT_KEY=told["AuditKeyArn"]
    )
    settings.cache_clear()
    return stage


def require_tenant(name: str | None) -> None:
    """Raise NotReached for a tenant that the stage does not have; none is asked for where all are meant."""
    if name is not None and directory.named(name) is None:
        raise NotReached(f"there is no tenant {name}")
