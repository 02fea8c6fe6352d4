"""Templates of production, synthesised once a run."""

import contextlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.settings import FOLDER, Stage

Resource = dict[str, Any]
FCM_APPLICATION = "arn:aws:sns:eu-west-1:123456789012:app/GCM/lyceum"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/lyceum"
NETWORK_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/lyceum"
CANARY = "canary"
"""A careless stack beside the real ones, so that silence about those means that nag was listening."""


@dataclass(frozen=True)
class Assembly:
    """What a synth of one stage wrote."""

    folder: Path

    def stacks(self) -> dict[str, dict[str, Any]]:
        return {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(self.folder.glob("lyceum-*.template.json"))
        }

    def resources(self, kind: str) -> dict[str, Resource]:
        """The properties of all resources of a type, by stack and logical id."""
        return {
            f"{stack}/{name}": resource.get("Properties", {})
            for stack, template in self.stacks().items()
            for name, resource in template["Resources"].items()
            if resource["Type"] == kind
        }

    def statements(self) -> list[tuple[str, Resource]]:
        """Every statement of every role's own policy, with the policy's name."""
        policies = self.resources("AWS::IAM::Policy")
        return [
            (name, statement)
            for name, policy in policies.items()
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def findings(self) -> dict[str, str]:
        """What cdk-nag found and nobody accepted with a reason: rules by the path of the construct."""
        reports = json.loads((self.folder / "validation-report.json").read_text())["pluginReports"]
        violations = [
            each for report in reports if report["pluginName"] == "AwsSolutions" for each in report["violations"]
        ]
        return {
            place["constructPath"]: each["ruleName"] for each in violations for place in each["violatingConstructs"]
        }


def production_stage(**changes: Any) -> Stage:
    """The settings that the repository holds for production, with an application to push to and a host for the API."""
    given = tomllib.loads((FOLDER / "prod.toml").read_text())
    given |= {
        "name": "prod",
        "fcm_application": FCM_APPLICATION,
        "api_domain": "api.lyceum.example",
        "api_certificate": CERTIFICATE,
    }
    return Stage.model_validate(given | changes)


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    import aws_cdk as cdk  # it starts a program of its own, so only where it is needed
    from aws_cdk import aws_s3 as s3

    from infra.app import build
    from infra.cost import looked_at

    folder = tmp_path_factory.mktemp("production")
    app = looked_at(folder)
    build(app, production_stage())
    s3.Bucket(cdk.Stack(app, CANARY), "Careless")
    with contextlib.suppress(RuntimeError):  # raised for findings, which a test of its own reports
        app.synth()
    return Assembly(folder)
