"""The optional content network: signed addresses of variants, and nothing else."""

import contextlib
import json
from typing import Any

import pytest

from infra.cost import looked_at
from tests.infra.conftest import Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks

    from infra.shared.edge_stack import EdgeStack
    from infra.shared.storage_stack import StorageStack

    folder = tmp_path_factory.mktemp("edge")
    app = looked_at(folder)
    stage = production_stage(edge={"public_key": "-----BEGIN PUBLIC KEY-----"})
    EdgeStack(app, stage, StorageStack(app, stage))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with contextlib.suppress(RuntimeError):  # raised for findings, which a test of its own reports
        app.synth()
    return Assembly(folder)


def only(edge: Assembly, kind: str) -> dict[str, Any]:
    (found,) = edge.resources(kind).values()
    return found


def test_nag_finds_nothing(edge: Assembly) -> None:
    assert edge.findings() == {}


def test_every_address_has_to_be_signed_and_only_variants_are_answered(edge: Assembly) -> None:
    network = only(edge, "AWS::CloudFront::Distribution")["DistributionConfig"]
    (behaviour,) = network["CacheBehaviors"]
    assert behaviour["PathPattern"] == "derived/*"
    for each in (behaviour, network["DefaultCacheBehavior"]):
        assert each["TrustedKeyGroups"] and each["ViewerProtocolPolicy"] == "https-only"
    assert network["DefaultCacheBehavior"]["FunctionAssociations"]
    assert all(origin["OriginAccessControlId"] for origin in network["Origins"])


def test_answers_carry_security_headers(edge: Assembly) -> None:
    headers = only(edge, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"][
        "SecurityHeadersConfig"
    ]
    assert set(headers) == {
        "ContentSecurityPolicy",
        "ContentTypeOptions",
        "FrameOptions",
        "ReferrerPolicy",
        "StrictTransportSecurity",
    }


def test_the_bucket_lets_the_network_read_variants_only(edge: Assembly) -> None:
    policies = json.dumps(list(edge.resources("AWS::S3::BucketPolicy").values()))
    assert "cloudfront.amazonaws.com" in policies and '"/derived/*"' in policies and '"/uploads/*"' not in policies
