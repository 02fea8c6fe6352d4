"""The table with copies in other regions, each kept as the first one is."""

import contextlib
import json
from unittest.mock import patch

import pytest
from pydantic import ValidationError

from infra.cost import looked_at
from tests.infra.conftest import Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    from infra.app import build
    from infra.functions import FUNCTIONS

    folder = tmp_path_factory.mktemp("replicated")
    app = looked_at(folder)
    some = [function for function in FUNCTIONS if function.domain in {"auth", "outbox", "realtime", "system"}]
    with patch("infra.app.check"):  # which refuses a part of the manifests
        build(app, production_stage(replicas=["eu-central-1", "af-south-1"]), some)
    with contextlib.suppress(RuntimeError):  # raised for findings, which a test of its own reports
        app.synth()
    return Assembly(folder)


def test_nag_finds_nothing(replicated: Assembly) -> None:
    assert replicated.findings() == {}


def test_every_copy_is_restorable_and_protected(replicated: Assembly) -> None:
    (table,) = replicated.resources("AWS::DynamoDB::GlobalTable").values()
    assert replicated.resources("AWS::DynamoDB::Table") == {}
    regions = [copy["Region"] for copy in table["Replicas"]]
    assert regions == [{"Ref": "AWS::Region"}, "eu-central-1", "af-south-1"]
    for copy in table["Replicas"]:
        assert copy["DeletionProtectionEnabled"]
        assert copy["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEEnabled"]


def test_it_is_the_same_table_to_functions(replicated: Assembly, production: Assembly) -> None:
    (table,) = replicated.resources("AWS::DynamoDB::GlobalTable").values()
    (plain,) = production.resources("AWS::DynamoDB::Table").values()
    for part in ("KeySchema", "BillingMode", "StreamSpecification", "TimeToLiveSpecification"):
        assert table[part] == plain[part]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["GSI1", "GSI2"]
    reading = [statement for _, statement in replicated.statements() if "dynamodb:Query" in statement["Action"]]
    assert reading
    assert all("ReplicatedTable" in json.dumps(statement["Resource"]) for statement in reading)


@pytest.mark.parametrize("replicas", [["Frankfurt"], ["eu-west-1", "eu-west-1"]])
def test_replicas_are_regions_each_once(replicas: list[str]) -> None:
    with pytest.raises(ValidationError, match="replicas are names of regions"):
        production_stage(replicas=replicas)
