"""The roots of audited days: one job signs them with a key of their own, and nobody removes them in production."""

import pytest

from tests.infra.conftest import Assembly

pytestmark = pytest.mark.filterwarnings("ignore")


def test_who_signs_audits_and_capsules_signs_no_tokens(production: Assembly) -> None:
    signing = [
        (name, statement)
        for name, statement in production.statements()
        if statement["Effect"] == "Allow" and "kms:Sign" in statement["Action"]
    ]
    audits = [name for name, statement in signing if "AuditKey" in str(statement["Resource"])]
    tokens = [name for name, statement in signing if "SigningKey" in str(statement["Resource"])]
    assert [name.partition("/")[0] for name in audits] == ["lyceum-prod-compliance", "lyceum-prod-organizations"]
    certificates = [name for name, statement in signing if "CredentialKey" in str(statement["Resource"])]
    assert {name.partition("/")[0] for name in certificates} == {"lyceum-prod-certificates"}
    assert len(tokens) >= 1 and set(audits) & set(tokens) == set() == set(certificates) & {*audits, *tokens}


def test_what_is_kept_can_be_locked_in_production(production: Assembly) -> None:
    files = [bucket for name, bucket in production.resources("AWS::S3::Bucket").items() if "/Files" in name]
    assert [(bucket["ObjectLockEnabled"], bucket["VersioningConfiguration"]["Status"]) for bucket in files] == [
        (True, "Enabled")
    ]
