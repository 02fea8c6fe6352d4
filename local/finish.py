"""Applies what the templates declare and the emulator's CloudFormation leaves out; AWS needs none of it."""

import json
from collections.abc import Callable
from typing import Any

from infra.settings import Stage
from local.cdk import stacks
from local.place import Place
from lyceum.kit.settings import LOCAL

Apply = Callable[[Place, str, Any], None]


def apply_the_rest(place: Place) -> None:
    """Go through the deployed templates and apply each declaration that was left out; a second time changes nothing."""
    for stack in stacks(place):
        template = json.loads((place.home / "cdk.out" / f"{stack}.template.json").read_text())
        ids = _physical_ids(place, stack)
        for logical_id, resource in template["Resources"].items():
            for (kind, name), apply in _LEFT_OUT.items():
                declared = resource.get("Properties", {}).get(name)
                if resource["Type"] == kind and declared is not None:
                    apply(place, ids[logical_id], declared)


def verify_sender(place: Place) -> None:
    """Let the local stage's address send mail, as the owner of a domain does once in AWS."""
    place.client("ses").verify_email_identity(EmailAddress=Stage.load(LOCAL).mail_from)


def _physical_ids(place: Place, stack: str) -> dict[str, str]:
    pages = place.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        row["LogicalResourceId"]: row["PhysicalResourceId"] for page in pages for row in page["StackResourceSummaries"]
    }


def _cors(place: Place, api_id: str, declared: Any) -> None:
    place.client("apigatewayv2").update_api(ApiId=api_id, CorsConfiguration=declared)


def _time_to_live(place: Place, table: str, declared: Any) -> None:
    dynamodb = place.client("dynamodb")
    if dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] != "ENABLED":
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=declared)


def _point_in_time_recovery(place: Place, table: str, declared: Any) -> None:
    place.client("dynamodb").update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=declared)


def _lifecycle(place: Place, bucket: str, declared: Any) -> None:
    rules = [_lifecycle_rule(rule) for rule in declared["Rules"]]
    place.client("s3").put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(declared: dict[str, Any]) -> dict[str, Any]:
    """Write a rule as the service's API wants it, which is not as CloudFormation does."""
    rule: dict[str, Any] = {
        "ID": declared["Id"],
        "Status": declared["Status"],
        "Filter": {"Prefix": declared.get("Prefix", "")},
    }
    if days := declared.get("ExpirationInDays"):
        rule["Expiration"] = {"Days": days}
    if expiration := declared.get("NoncurrentVersionExpiration"):
        rule["NoncurrentVersionExpiration"] = expiration
    if abort := declared.get("AbortIncompleteMultipartUpload"):
        rule["AbortIncompleteMultipartUpload"] = abort
    return rule


_LEFT_OUT: dict[tuple[str, str], Apply] = {
    ("AWS::ApiGatewayV2::Api", "CorsConfiguration"): _cors,
    ("AWS::DynamoDB::Table", "TimeToLiveSpecification"): _time_to_live,
    ("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification"): _point_in_time_recovery,
    ("AWS::S3::Bucket", "LifecycleConfiguration"): _lifecycle,
}
