"""What outlives its stack, and for how long it is kept."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.settings import Stage


def kept(stage: Stage) -> cdk.RemovalPolicy:
    """Return what becomes of a resource when its stack goes; one that is kept still goes when its creation fails."""
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if stage.keeps_data else cdk.RemovalPolicy.DESTROY


def log_group(scope: Construct, construct_id: str, stage: Stage, name: str) -> logs.LogGroup:
    """Return a log group that forgets in time."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=logs.RetentionDays.THREE_MONTHS if stage.keeps_data else logs.RetentionDays.TWO_WEEKS,
        removal_policy=kept(stage),
    )
