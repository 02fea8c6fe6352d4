"""What outlives its stack, and what does not: nothing that stays is in the way of a second try."""

from pathlib import Path
from typing import Any

import pytest

from infra.cost import synthesise
from infra.settings import Stage
from tests.infra.conftest import Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")
KEPT = {"Retain", "RetainExceptOnCreate"}


def policies(templates: list[dict[str, Any]]) -> dict[str, set[str]]:
    """What becomes of resources when their stack goes, by their kind; those that say nothing go with it."""
    found: dict[str, set[str]] = {}
    for template in templates:
        for resource in template["Resources"].values():
            found.setdefault(resource["Type"], set()).add(resource.get("DeletionPolicy", "Delete"))
    return found


def kept_kinds(templates: list[dict[str, Any]]) -> set[str]:
    return {kind for kind, said in policies(templates).items() if said & KEPT}


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """A stage for developers that has all that can be kept: a sender of its own, and alarms."""
    told = {"mail_from": "no-reply@lyceum.example", "owns_mail_identity": True, "alarm_mail": "a@lyceum.example"}
    stage = Stage.model_validate(Stage.load("dev").model_dump() | told)
    return synthesise(stage, tmp_path_factory.mktemp("development"))


def test_what_production_keeps_still_goes_when_its_first_creation_fails(production: Assembly) -> None:
    said = policies(list(production.stacks().values()))
    assert [kind for kind, found in said.items() if "Retain" in found] == []
    assert kept_kinds(list(production.stacks().values())) == {
        "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Lambda::Version", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
        "AWS::SES::EmailIdentity", "AWS::SecretsManager::Secret",
    }  # fmt: skip


def test_a_stage_of_developers_goes_whole_with_what_is_in_its_buckets(development: list[dict[str, Any]]) -> None:
    assert kept_kinds(development) == set()
    made = [resource for template in development for resource in template["Resources"].values()]
    buckets = [each for each in made if each["Type"] == "AWS::S3::Bucket"]
    emptied = [each for each in made if each["Type"] == "Custom::S3AutoDeleteObjects"]
    assert len(buckets) == len(emptied) == 2
    (table,) = [each["Properties"] for each in made if each["Type"] == "AWS::DynamoDB::Table"]
    assert not table.get("DeletionProtectionEnabled")


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_a_new_account_can_give_all_that_is_asked_for(
    name: str, production: Assembly, development: list[dict[str, Any]]
) -> None:
    """Ten functions at once is what a new account has: nothing of it is set aside for anyone."""
    templates = development if name == "dev" else list(production.stacks().values())
    made = [resource for template in templates for resource in template["Resources"].values()]
    functions = [each["Properties"] for each in made if each["Type"] == "AWS::Lambda::Function"]
    assert [each for each in functions if "ReservedConcurrentExecutions" in each] == []
    assert "ProvisionedConcurrencyConfig" not in str(made)
    bounds = [
        each["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for each in made
        if each["Type"] == "AWS::Lambda::EventSourceMapping" and "ScalingConfig" in each["Properties"]
    ]
    assert bounds and min(bounds) >= 2, "a queue takes no smaller bound"


def test_stages_of_one_account_share_one_mail_identity(tmp_path: Path) -> None:
    owner, guest = production_stage(mail_from="no-reply@school.org"), Stage.load("staging")
    guest = guest.model_copy(update={"mail_from": "no-reply@staging.school.org"})
    assert owner.mail_identities == ["no-reply@school.org", "school.org"]
    assert guest.mail_identities == ["no-reply@staging.school.org", "staging.school.org", "school.org"]
    templates = synthesise(guest, tmp_path)
    assert "AWS::SES::EmailIdentity" not in policies(templates)
    assert ":identity/school.org" in str(templates)
    assert owner.mail_set != guest.mail_set
