"""Commands of operators find what a stage has, and say what is missing where they do not reach it."""

import os
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoRegionError

from infra.settings import Stage
from lyceum.kit.settings import settings
from tests.support.cloud import Cloud
from tools import check_data, first_admin, rebuild, verify_audit
from tools.stages import NotReached, outputs_of, point_at

TOLD = {"TableName": "t", "BucketName": "b", "AuditKeyArn": "k", "BusName": "e"}


class Formation:
    def describe_stacks(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"StackName": "lyceum-dev-storage"}
        return {"Stacks": [{"Outputs": [{"OutputKey": name, "OutputValue": said} for name, said in TOLD.items()]}]}


def answering(monkeypatch: pytest.MonkeyPatch, answer: Formation | Exception) -> None:
    def client(_service: str) -> Formation:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(boto3, "client", client)


def test_what_a_stage_has_is_told_by_its_storage_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, Formation())
    assert outputs_of(Stage.load("dev")) == TOLD


def test_the_products_own_code_works_on_table_bucket_and_audit_key(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, Formation())
    with monkeypatch.context() as here:
        here.setattr(os, "environ", dict(os.environ))
        point_at("dev")
        known = settings()
    settings.cache_clear()
    assert (known.table, known.bucket, known.audit_key) == ("t", "b", "k")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoRegionError(), "You must specify a region"),
        (
            ClientError({"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks"),
            "Stack does not exist",
        ),
    ],
)
def test_who_reaches_no_stage_is_told_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    answering(monkeypatch, error)
    assert first_admin.main("dev", "ada@example.com") == 1
    assert rebuild.main("dev") == 1
    assert verify_audit.main(["dev"]) == 1
    for line in capsys.readouterr().err.splitlines():
        assert "dev is not reached" in line and said in line and "AWS_PROFILE" in line


def test_a_misspelt_tenant_is_told_instead_of_found_faultless(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cloud: Cloud
) -> None:
    for tool in (rebuild, verify_audit, check_data):
        monkeypatch.setattr(tool, "point_at", lambda _stage: None)
    assert rebuild.main("dev", "nowhere") == 1
    assert verify_audit.main(["dev", "--tenant", "nowhere"]) == 1
    assert check_data.main(["dev", "--tenant", "nowhere"]) == 1
    assert capsys.readouterr().err.splitlines() == ["there is no tenant nowhere"] * 3


def test_a_local_stack_that_is_down_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LYCEUM_HOME", str(tmp_path))
    with pytest.raises(NotReached, match="make up"):
        point_at("local")
