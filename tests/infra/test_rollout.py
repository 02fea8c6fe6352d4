"""New code takes over by steps, and goes back by itself when an alarm is raised."""

import json
from typing import Any

import pytest

from infra.constructs.rollout import ROLLOUT_ALARMS
from infra.functions import FUNCTIONS
from infra.settings import Stage
from tests.infra.conftest import Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")


def resources(production: Assembly, kind: str) -> list[dict[str, Any]]:
    """Whole resources of a type, with their policies of update and removal."""
    return [
        resource
        for template in production.stacks().values()
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]


def test_each_alias_is_moved_by_a_group_of_its_own(production: Assembly) -> None:
    aliases = resources(production, "AWS::Lambda::Alias")
    groups = [alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"] for alias in aliases]
    assert len(set(groups)) == len(aliases) == len(production_stage().deployed(FUNCTIONS))


def test_a_tenth_of_the_calls_goes_first_and_comes_back_by_alarm(production: Assembly) -> None:
    alarms = [{"Name": f"lyceum-prod-{name}"} for name in ROLLOUT_ALARMS]
    for group in resources(production, "AWS::CodeDeploy::DeploymentGroup"):
        said = group["Properties"]
        assert said["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
        assert said["AlarmConfiguration"]["Enabled"] and said["AlarmConfiguration"]["Alarms"] == alarms
        assert said["AutoRollbackConfiguration"]["Enabled"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in said["AutoRollbackConfiguration"]["Events"]


def test_the_alarms_look_at_each_minute(production: Assembly) -> None:
    alarms = {alarm["AlarmName"]: alarm for alarm in production.resources("AWS::CloudWatch::Alarm").values()}
    for name in ROLLOUT_ALARMS:
        alarm = alarms[f"lyceum-prod-{name}"]
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)


def test_versions_are_kept_so_that_there_is_a_way_back(production: Assembly) -> None:
    versions = resources(production, "AWS::Lambda::Version")
    assert len(versions) == len(production_stage().deployed(FUNCTIONS))
    assert {version["DeletionPolicy"] for version in versions} <= {"Retain", "RetainExceptOnCreate"}


def test_a_domain_waits_for_the_alarms(production: Assembly) -> None:
    artifacts = json.loads((production.folder / "manifest.json").read_text())["artifacts"]
    for domain in {function.domain for function in FUNCTIONS}:
        assert "lyceum-prod-observability" in artifacts[f"lyceum-prod-{domain}"]["dependencies"]


def test_a_stage_of_developers_takes_new_code_at_once() -> None:
    assert not Stage.load("dev").moves_by_steps
    assert not Stage.load("local").moves_by_steps
