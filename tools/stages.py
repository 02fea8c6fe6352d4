"""The table of a stage, and the client that reaches it, for commands of operators."""

import json
import os
from typing import Any

from infra.settings import Stage
from local.place import Place


def table_of(stage: Stage, formation: Any) -> str:
    """Return the name of a stage's table, as its storage stack tells it."""
    return outputs_of(stage, formation)["TableName"]


def outputs_of(stage: Stage, formation: Any) -> dict[str, str]:
    """Return what a stage's storage stack tells of itself."""
    (stack,) = formation.describe_stacks(StackName=stage.name_of("storage"))["Stacks"]
    return {each["OutputKey"]: str(each["OutputValue"]) for each in stack["Outputs"]}


def audit_of(stage_name: str) -> tuple[str, str]:
    """Return the bucket that holds the signed roots of audited days, and the key that they are verified by."""
    stage = Stage.load(stage_name)
    if stage.is_local:
        told = json.loads(Place.from_environment().stack_file.read_text())["outputs"]
    else:
        import boto3

        told = outputs_of(stage, boto3.client("cloudformation"))
    return told["BucketName"], told["AuditKeyArn"]


def storage_of(stage: Stage) -> tuple[Any, str]:
    """Return a client of DynamoDB with the credentials at hand, or the emulator's, and the name of the table."""
    if stage.is_local:
        place = Place.from_environment()
        return place.client("dynamodb"), str(json.loads(place.stack_file.read_text())["outputs"]["TableName"])
    import boto3

    return boto3.client("dynamodb"), table_of(stage, boto3.client("cloudformation"))


def point_at(stage_name: str) -> Stage:
    """Let the product's own code work on a stage's table in this process; raises UnfitSettings."""
    stage = Stage.load(stage_name)
    if stage.is_local:
        os.environ.update(Place.from_environment().environment())
    _, os.environ["LYCEUM_TABLE"] = storage_of(stage)
    return stage
