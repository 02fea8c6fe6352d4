"""How new code takes over by steps: CodeDeploy moves each alias, and moves it back while an alarm is raised."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.lambda_function import LambdaFunction
from infra.constructs.nag import accept
from infra.settings import Stage

ROLLOUT_ALARMS = ("rollout-gateway-failures", "rollout-functions-errors")
"""Alarms of the shared stack that look at each minute, by their short names; a rise of either ends a rollout."""
_STEPS: Mapping[str, codedeploy.ILambdaDeploymentConfig] = {
    "canary": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
    "linear": codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
}


class Rollout:
    """The rollouts of one domain's functions; they are told of the alarms by name, so that no stack holds another."""

    def __init__(self, scope: Construct, stage: Stage, domain: str) -> None:
        self.steps = _STEPS[stage.rollout]
        self.stage = stage
        self.application = codedeploy.LambdaApplication(scope, "Rollouts", application_name=stage.name_of(domain))
        self.role = iam.Role(
            scope,
            "RolloutRole",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            description=f"Moves the aliases of {stage.name_of(domain)}",
        )
        self.alarms = [cloudwatch.Alarm.from_alarm_name(scope, name, stage.name_of(name)) for name in ROLLOUT_ALARMS]
        managed = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"
        accept(self.role, "It is the service's own list of what moving an alias takes.", f"IAM4[{managed}]")

    def of(self, made: LambdaFunction) -> None:
        """Let the alias of a function move by steps."""
        if made.alias is None:
            return
        codedeploy.LambdaDeploymentGroup(
            made,
            "Rollout",
            application=self.application,
            deployment_group_name=self.stage.name_of(made.row.name),
            alias=made.alias,
            deployment_config=self.steps,
            role=self.role,
            alarms=self.alarms,
            auto_rollback=codedeploy.AutoRollbackConfig(
                failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
            ),
        )
